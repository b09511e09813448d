/** The worker process's settings, from its environment. No other file here reads it. */
import { z } from 'zod';
import { EndpointsSchema } from '../activities/llm/providers/endpoints.ts';
import type { Secrets } from '../activities/secrets.ts';
import { tuningModes } from '../workflows/contract/limits/tuning.ts';
import { localeSetting } from '../workflows/contract/tools/locale.ts';
import { checkToolLimits, toolSettings } from '../workflows/contract/tools/settings.ts';
import { readSettings, sharedSettings, switchSetting } from '../workflows/contract/settings.ts';
import { signingSecretProblem } from '../workflows/contract/deliveries/signing-secret.ts';

const PricesSchema = z.record(
  z.string(),
  z.strictObject({ input: z.number().min(0), cachedInput: z.number().min(0), output: z.number().min(0) }),
);

/** A list, comma-separated. */
const listSetting = z
  .string()
  .default('')
  .transform((text) =>
    text
      .split(',')
      .map((entry) => entry.trim())
      .filter((entry) => entry !== ''),
  );
const addressesSetting = listSetting.pipe(z.array(z.email()));

/** A value that is written as JSON; `example` tells its form. */
function jsonSetting<Schema extends z.ZodType>(schema: Schema, byDefault: string, example: string) {
  return z
    .string()
    .default(byDefault)
    .transform((text, context): z.output<Schema> => {
      let value: unknown;
      try {
        value = JSON.parse(text);
      } catch {
        context.addIssue({ code: 'custom', message: `must be JSON like ${example}` });
        return z.NEVER;
      }
      const parsed = schema.safeParse(value);
      if (parsed.success) return parsed.data;
      // A value may hold a key, so only the problems are told.
      const problems = parsed.error.issues.map(({ path, message }) => `${z.core.toDotPath(path)} ${message}`.trim());
      context.addIssue({ code: 'custom', message: `must be JSON like ${example}: ${problems.join('; ')}` });
      return z.NEVER;
    });
}

/** It becomes part of a header, and a line break from a copied key would fail each call. */
const keySetting = z
  .string()
  .regex(/^[\x21-\x7e]+$/, 'must be printable ASCII without spaces')
  .optional();

const signingSecretSetting = z.string().superRefine((text, context) => {
  const problem = signingSecretProblem(text);
  if (problem !== undefined) context.addIssue({ code: 'custom', message: problem });
});

export const WorkerSettingsSchema = z
  .object({
    ...sharedSettings,
    ...toolSettings,
    OPENAI_API_KEY: keySetting.describe('Key of the OpenAI API. AI and computer-use steps need it.'),
    OPENAI_BASE_URL: z.url().optional().describe("Address of an OpenAI-compatible API; OpenAI's own when not set."),
    LODESTONE_BACKGROUND_RESPONSES: switchSetting
      .prefault('on')
      .describe('Whether the API has background responses. Without them a crash repeats the one call under way.'),
    LODESTONE_MODEL: z.string().min(1).default('gpt-5.4-mini').describe('Model of the steps that name none.'),
    LODESTONE_EXPERT_MODEL: z
      .string()
      .min(1)
      .optional()
      .describe('Model of the expert calls of tools. When empty: LODESTONE_MODEL.'),
    LODESTONE_LOCALE: localeSetting
      .optional()
      .describe(
        'Language of the answers of tools, as a BCP 47 tag like de or pt-BR. When empty: that of the question.',
      ),
    ZAI_API_KEY: keySetting.describe('Key of Z.ai, for the models of GLM, as in glm-5.2.'),
    MOONSHOT_API_KEY: keySetting.describe('Key of Moonshot, for the models of Kimi, as in kimi-k3.'),
    LODESTONE_ENDPOINTS: jsonSetting(
      EndpointsSchema,
      '[]',
      '[{"name":"local","baseUrl":"http://127.0.0.1:8000/v1","key":"none","models":["qwen3"]}]',
    ).describe(
      'Own OpenAI-compatible endpoints, as JSON: name, baseUrl, key, models, attemptSeconds (30), json (schema, object or prompt). An entry named glm or kimi changes that preset.',
    ),
    LODESTONE_FALLBACK_MODELS: listSetting.describe(
      'Models that take over AI steps and calls of tools, in this order, while the circuit breaker of a model is open; comma-separated.',
    ),
    LODESTONE_PRICES: jsonSetting(PricesSchema, '{}', '{"model":{"input":1,"cachedInput":0.1,"output":5}}').describe(
      'Prices in USD a million tokens of models that the bundled table lacks, as JSON.',
    ),
    LODESTONE_CONNECTIONS: z.coerce
      .number()
      .int()
      .min(1)
      .max(1000)
      .default(20)
      .describe('The most connections at once of a worker for looking up answers of OpenAI, and to the mail server.'),
    LODESTONE_SMTP_URL: z
      .url({ protocol: /^smtps?$/ })
      .optional()
      .describe('Mail server, as in smtp://user:password@host:587.'),
    LODESTONE_MAIL_FROM: z.string().min(3).default('Lodestone <lodestone@localhost>').describe('Sender of mails.'),
    LODESTONE_ALERT_MAIL: addressesSetting.describe('Who is told of alerts by mail: addresses, comma-separated.'),
    LODESTONE_ALERT_URL: z
      .url({ protocol: /^https?$/ })
      .optional()
      .describe('Webhook that is told of alerts as JSON. A private one must be among LODESTONE_ALLOW_PRIVATE_ORIGINS.'),
    LODESTONE_ALERT_SECRET: signingSecretSetting
      .optional()
      .describe(
        'Secret (whsec_…) that the webhook of alerts is signed with; the new and the old one while you replace it.',
      ),
    LODESTONE_ARTIFACT_DAYS: z.coerce
      .number()
      .int()
      .min(1)
      .max(36_500)
      .optional()
      .describe(
        'Days after which the files of ended jobs and large outputs of ended batches are removed. When empty: never.',
      ),
    LODESTONE_RUN_DAYS: z.coerce
      .number()
      .int()
      .min(1)
      .max(36_500)
      .default(90)
      .describe(
        'Days that the rows of runs are kept, which reports are made of. Their rollups by hour are kept longer.',
      ),
    LODESTONE_EXPERIMENT_GIB: z.coerce
      .number()
      .min(0.1)
      .max(1_000_000)
      .default(10)
      .describe('Disk that the files of experiments may take; above it, those that ended first lose them.'),
    LODESTONE_EXPERIMENT_WAIT_MINUTES: z.coerce
      .number()
      .min(1)
      .max(100_000)
      .default(60)
      .describe('An experiment that has waited longer for a worker is an alert.'),
    LODESTONE_LIMITS_TUNING: z
      .enum(tuningModes)
      .default('dry-run')
      .describe(
        'What the tuning of limits may do: off, dry-run (record what it would propose), ask (people decide), act (try its proposals on 10 % of new jobs). A trial that has begun is guarded in each.',
      ),
    LODESTONE_LIMITS_COOL_DOWN_HOURS: z.coerce
      .number()
      .min(0.5)
      .max(10_000)
      .default(24)
      .describe('After a change or a proposal of limits, the next is proposed after this time at the earliest.'),
    LODESTONE_METRICS_ADDRESS: z
      .string()
      .regex(
        /^(\d{1,3}(\.\d{1,3}){3}|\[[\da-f:]+\]):\d{1,5}$/i,
        'must be an address with its port, as in 127.0.0.1:9464',
      )
      .optional()
      .describe(
        'Where Prometheus reads a worker, as in 127.0.0.1:9464. npm start takes the six ports after it as well.',
      ),
    LODESTONE_CHROMIUM: z
      .string()
      .optional()
      .describe('Path of Chromium; the one that npm run setup found when not set.'),
    LODESTONE_CHROMIUM_SANDBOX: switchSetting
      .prefault('on')
      .describe("Chromium's own sandbox. As root it cannot be used: off is then a risk that you take."),
    LODESTONE_NAVIGATION_SECONDS: z.coerce.number().min(1).max(600).default(30).describe('Limit of one navigation.'),
    LODESTONE_ACTION_SECONDS: z.coerce.number().min(1).max(120).default(5).describe('Limit of one browser action.'),
    LODESTONE_BROWSER_LEASE_SECONDS: z.coerce
      .number()
      .min(5)
      .max(3600)
      .default(60)
      .describe('A browser whose worker died ends after this, unless another worker takes it over before.'),
    LODESTONE_BROWSER_WAIT_SECONDS: z.coerce
      .number()
      .min(5)
      .max(86_400)
      .default(600)
      .describe('A browser whose step asks a person keeps its page for so long; after that it is restored.'),
    LODESTONE_BROWSER_MEBIBYTES: z.coerce
      .number()
      .int()
      .min(256)
      .max(1_048_576)
      .default(2048)
      .describe('A browser whose processes take more memory is replaced by a new one on the same page.'),
    LODESTONE_BROWSER_TURNS: z.coerce
      .number()
      .int()
      .min(1)
      .max(1_000_000)
      .default(300)
      .describe('A browser that has served more turns is replaced likewise.'),
    LODESTONE_BROWSERS: z.coerce.number().int().min(1).max(100).default(2).describe('Browsers at once on this worker.'),
    LODESTONE_WARM_BROWSERS: z.coerce
      .number()
      .int()
      .min(0)
      .max(100)
      .default(5)
      .describe(
        'Browsers that this worker keeps started for the next computer-use steps, as far as its memory allows. 0: none.',
      ),
    LODESTONE_SANDBOXES: z.coerce
      .number()
      .int()
      .min(1)
      .max(100)
      .default(2)
      .describe('Runs of generated code at once on this worker, for each of its queues sandbox and sandbox-gpu.'),
    LODESTONE_SANDBOX: z
      .enum(['bubblewrap', 'unsafe'])
      .default('bubblewrap')
      .describe(
        'What contains generated code. unsafe: nothing, it can do whatever the worker can, within limits of time and memory.',
      ),
    LODESTONE_PYTHON: z
      .string()
      .optional()
      .describe('Path of the Python that runs generated code; the one that npm run setup found when not set.'),
    LODESTONE_PYTHON_PACKAGES: z
      .string()
      .optional()
      .describe('Folder of packages for it, as numpy; the one that npm run setup made when not set.'),
    LODESTONE_SANDBOX_IMPORTS: listSetting.describe(
      'Modules that generated Python may import besides the usual ones, as in torchvision; comma-separated.',
    ),
  })
  .refine(({ LODESTONE_ALERT_MAIL: to, LODESTONE_SMTP_URL: server }) => to.length === 0 || server !== undefined, {
    path: ['LODESTONE_ALERT_MAIL'],
    message: 'needs a mail server: set LODESTONE_SMTP_URL',
  })
  .superRefine(checkToolLimits);
export type WorkerSettings = z.infer<typeof WorkerSettingsSchema>;

const secretPrefix = 'LODESTONE_SECRET_';

/** The settings, and the secrets by lower-case name: `{{secret.crm}}` is LODESTONE_SECRET_CRM. */
export function readWorkerConfig(environment: Readonly<Record<string, string | undefined>> = process.env): {
  readonly settings: WorkerSettings;
  readonly secrets: Secrets;
} {
  const secrets = Object.fromEntries(
    Object.entries(environment).flatMap(([name, value]) =>
      name.startsWith(secretPrefix) && value !== undefined
        ? [[name.slice(secretPrefix.length).toLowerCase(), value] as const]
        : [],
    ),
  );
  return { settings: readSettings(WorkerSettingsSchema, environment), secrets };
}

/** The unparsed environment, for child processes, whose own settings are in it. */
export function readEnvironment(): Readonly<Record<string, string | undefined>> {
  return process.env;
}
