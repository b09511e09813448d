/** The operator's own endpoints of chat completions, as the settings list them, and the presets that they may change. */
import { z } from 'zod';
import { commonDialect, type Dialect } from '../chat/dialect.ts';
import type { PriceListing } from '../prices.ts';
import { defaultAttemptSeconds, presets, type Preset } from './presets.ts';

export const openAiName = 'openai';

const EndpointSchema = z
  .strictObject({
    name: z.string().regex(/^[a-z][a-z0-9_-]{0,30}$/, 'must be a word of small letters, digits, - and _'),
    baseUrl: z.url({ protocol: /^https?$/ }).optional(),
    key: z
      .string()
      .regex(/^[\x21-\x7e]+$/, 'must be printable ASCII without spaces')
      .optional(),
    models: z.array(z.string().min(1).max(200)).min(1).max(200).optional(),
    attemptSeconds: z.number().min(1).max(600).optional(),
    /** How JSON is asked for: `schema` where the endpoint takes one, `prompt` where it has no JSON mode. */
    json: z.enum(['schema', 'object', 'prompt']).optional(),
    /** Whether its answers are streamed; false for an endpoint that sends them in one piece alone. */
    stream: z.boolean().optional(),
  })
  .superRefine(({ name, baseUrl, models }, context) => {
    if (name === openAiName) context.addIssue({ code: 'custom', message: 'openai is set by OPENAI_BASE_URL' });
    else if (presets[name] === undefined && (baseUrl === undefined || models === undefined)) {
      context.addIssue({ code: 'custom', message: `${name} needs a baseUrl and models` });
    }
  });
export type EndpointSetting = z.infer<typeof EndpointSchema>;

export const EndpointsSchema = z
  .array(EndpointSchema)
  .max(50)
  .superRefine((endpoints, context) => {
    const names = endpoints.map(({ name }) => name);
    const twice = names.find((name, index) => names.indexOf(name) !== index);
    if (twice !== undefined) context.addIssue({ code: 'custom', message: `${twice} is listed twice` });
  });

/** A provider of chat completions with everything that a call needs. */
export interface Endpoint {
  readonly name: string;
  readonly baseUrl: string;
  /** Null when the preset's key is not set. */
  readonly apiKey: string | null;
  readonly hasKey: boolean;
  /** How the key is set, for people. */
  readonly keyPlace: string;
  readonly models: readonly string[];
  readonly attemptMilliseconds: number;
  readonly dialect: Dialect;
  readonly isStreamed: boolean;
  readonly listings: readonly PriceListing[];
  /** The models that take no images; null when that is not known. */
  readonly textOnly: RegExp | null;
}

/** The keys of the presets, by their variables. */
export type PresetKeys = Readonly<Partial<Record<Preset['keyVariable'], string | undefined>>>;

/** Own endpoints first, then the presets. */
export function endpointsOf(settings: readonly EndpointSetting[], keys: PresetKeys): readonly Endpoint[] {
  const own = settings.filter(({ name }) => presets[name] === undefined).map(ownEndpoint);
  const known = Object.entries(presets).map(([name, preset]) =>
    presetEndpoint(
      name,
      preset,
      settings.find((setting) => setting.name === name),
      keys,
    ),
  );
  return [...own, ...known];
}

function ownEndpoint(setting: EndpointSetting): Endpoint {
  const { name, baseUrl = '', key, models = [], attemptSeconds, json = commonDialect.json } = setting;
  return {
    name,
    baseUrl,
    // Servers on the operator's own machines often need none.
    apiKey: key ?? 'none',
    hasKey: key !== undefined,
    keyPlace: 'its key in LODESTONE_ENDPOINTS',
    models,
    attemptMilliseconds: (attemptSeconds ?? defaultAttemptSeconds) * 1000,
    dialect: { ...commonDialect, json },
    isStreamed: setting.stream ?? true,
    listings: [{ providerApiUrl: baseUrl }],
    textOnly: null,
  };
}

function presetEndpoint(
  name: string,
  preset: Preset,
  changed: EndpointSetting | undefined,
  keys: PresetKeys,
): Endpoint {
  const baseUrl = changed?.baseUrl ?? preset.baseUrl;
  const apiKey = changed?.key ?? keys[preset.keyVariable] ?? null;
  return {
    name,
    baseUrl,
    apiKey,
    hasKey: apiKey !== null,
    keyPlace: preset.keyVariable,
    models: changed?.models ?? preset.models,
    attemptMilliseconds: (changed?.attemptSeconds ?? preset.attemptSeconds) * 1000,
    dialect: { ...preset.dialect, ...(changed?.json === undefined ? {} : { json: changed.json }) },
    isStreamed: changed?.stream ?? true,
    // The same model has other prices at the provider's other addresses.
    listings: [{ providerApiUrl: baseUrl }, preset.listing],
    textOnly: preset.textOnly,
  };
}
