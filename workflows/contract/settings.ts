/**
 * Settings come from environment variables, with one schema a process. This file has the parts that processes share,
 * and the parsing: all problems are reported together, each with its variable's name.
 */
import { z } from 'zod';
import { allowListProblem } from './computer-use/network.ts';

/** A boolean as a word: a typo is refused, and never means "off". */
export const switchSetting = z.enum(['on', 'off']).transform((word) => word === 'on');

const originsSetting = z
  .string()
  .default('')
  .transform((text) =>
    text
      .split(',')
      .map((origin) => origin.trim())
      .filter((origin) => origin !== ''),
  )
  .superRefine((origins, context) => {
    for (const origin of origins) {
      const problem = origin.includes('*') ? `${origin}: list each origin by itself` : allowListProblem(origin);
      if (problem !== undefined) context.addIssue({ code: 'custom', message: problem });
    }
  });

/** A collector of traces. Keys belong into a header, which OpenTelemetry's own variable sets, and not into an address. */
const collectorSetting = z.url({ protocol: /^https?$/ }).refine((text) => {
  const url = URL.parse(text);
  return url !== null && url.username === '' && url.password === '';
}, 'must hold no user and password: set OTEL_EXPORTER_OTLP_HEADERS');

/** Of a process's log: JSON lines, or lines that people read. */
export const logFormats = ['json', 'readable'] as const;

export const sharedSettings = {
  LODESTONE_DATA_DIR: z.string().min(1).default('.lodestone/data').describe('Folder of the store: database and files.'),
  LODESTONE_DATABASE_URL: z
    .url({ protocol: /^postgres(ql)?$/ })
    .optional()
    .describe(
      "A PostgreSQL database for the store, as in postgres://user:password@host/name. When empty: SQLite's file lodestone.db in the data folder.",
    ),
  LODESTONE_QUEUE_PREFIX: z
    .string()
    .regex(/^[a-z][a-z0-9-]{0,40}$/)
    .default('lodestone')
    .describe('Prefix of the task queues, so that two copies can share one Temporal server.'),
  LODESTONE_ALLOW_PRIVATE_ORIGINS: originsSetting.describe(
    'Origins on private addresses that jobs may reach, comma-separated, as in http://127.0.0.1:9000.',
  ),
  LODESTONE_LOG_LEVEL: z
    .enum(['debug', 'info', 'warn', 'error', 'silent'])
    .default('info')
    .describe('How much is logged, on standard error.'),
  LODESTONE_LOG_FORMAT: z
    .enum(logFormats)
    .default('json')
    .describe('How it is logged: as JSON lines (json), or as lines for people (readable).'),
  LODESTONE_TRACES_ENDPOINT: collectorSetting
    .optional()
    .describe(
      'Where a collector takes OpenTelemetry traces by OTLP over HTTP, as in http://127.0.0.1:4318. When empty: no traces.',
    ),
};

/** The exit code of a process that refuses its settings: `EX_CONFIG` of sysexits.h. A restart would not help. */
export const refusedSettingsCode = 78;
/** The exit code of a process that cannot reach Temporal: `EX_UNAVAILABLE`. A restart may help. */
export const unreachableCode = 69;

/** The problems of the settings, one a line; the process prints them and exits with `refusedSettingsCode`. */
export class SettingsProblem extends Error {
  override readonly name = 'SettingsProblem';
}

/** Parses settings by a schema. An empty variable, or one of spaces, counts as not set. Throws `SettingsProblem` with every problem. */
export function readSettings<Schema extends z.ZodObject>(
  schema: Schema,
  environment: Readonly<Record<string, string | undefined>>,
): z.infer<Schema> {
  const given = Object.fromEntries(
    Object.keys(schema.shape).flatMap((name) => {
      const value = environment[name];
      return value === undefined || value.trim() === '' ? [] : [[name, value] as const];
    }),
  );
  const parsed = schema.safeParse(given);
  if (parsed.success) return parsed.data;
  const lines = parsed.error.issues.map((issue) => `  ${z.core.toDotPath(issue.path)}: ${issue.message}`);
  throw new SettingsProblem(`These settings are invalid:\n${lines.join('\n')}`);
}
