import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { ApiSettingsSchema } from '../../client/api/config.ts';
import { WorkerSettingsSchema } from '../../workers/config.ts';
import { StartSettingsSchema } from '../../workers/start-settings.ts';
import { readSettings, SettingsProblem } from '../../workflows/contract/settings.ts';

const schemas: readonly z.ZodObject[] = [WorkerSettingsSchema, ApiSettingsSchema, StartSettingsSchema];

const PropertySchema = z.object({ type: z.string().optional(), minimum: z.number(), maximum: z.number() });

/** Every setting that is a number, with the bounds that its schema states. */
function numbers(): readonly { schema: z.ZodObject; name: string; property: unknown }[] {
  return schemas.flatMap((schema) => {
    const { properties = {} } = z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' });
    const isNumber = z.looseObject({ type: z.enum(['number', 'integer']) });
    return Object.entries(properties)
      .filter(([, property]) => isNumber.safeParse(property).success)
      .map(([name, property]) => ({ schema, name, property }));
  });
}

/** The problem of one value; null when it is taken. */
function problemOf(schema: z.ZodObject, name: string, value: string): string | null {
  try {
    readSettings(schema, { [name]: value });
    return null;
  } catch (error) {
    if (error instanceof SettingsProblem) return error.message;
    throw error;
  }
}

describe('T12: settings', () => {
  it('have bounds wherever they are numbers, and refuse what is outside them', () => {
    const found = numbers();
    expect(found.length).toBeGreaterThan(20);
    for (const { schema, name, property } of found) {
      const bounds = PropertySchema.safeParse(property);
      expect(bounds.success, `${name} has a minimum and a maximum`).toBe(true);
      const { minimum = 0, maximum = 0 } = bounds.data ?? {};
      for (const value of ['many', String(minimum - 1), String(maximum + 1), 'Infinity']) {
        expect(problemOf(schema, name, value), `${name}=${value}`).toContain(name);
      }
    }
  });

  it.each([
    ['a key with a line break', 'OPENAI_API_KEY', 'sk-1\nsk-2'],
    ['a key with a space', 'ZAI_API_KEY', 'key 1'],
    ['an endpoint’s key with a space', 'LODESTONE_ENDPOINTS', '[{"name":"glm","key":"key 1"}]'],
    ['a database that is not PostgreSQL', 'LODESTONE_DATABASE_URL', 'mysql://host/name'],
    ['a flag that is neither on nor off', 'LODESTONE_BACKGROUND_RESPONSES', 'true'],
    ['a locale in the form of POSIX', 'LODESTONE_LOCALE', 'de_DE.UTF-8'],
    ['the name of a language instead of its tag', 'LODESTONE_LOCALE', 'german'],
    ['a tag of no known language', 'LODESTONE_LOCALE', 'xx'],
    ['a limit of a tool that does not exist', 'LODESTONE_TOOL_LIMITS', '{"debugger":120}'],
    ['a log format that does not exist', 'LODESTONE_LOG_FORMAT', 'xml'],
  ])('refuse %s, by the name of the setting', (_what, name, value) => {
    expect(problemOf(WorkerSettingsSchema, name, value)).toContain(name);
  });

  it('take a locale as a BCP 47 tag, in its canonical form', () => {
    for (const [tag, canonical] of [
      ['de', 'de'],
      ['pt-br', 'pt-BR'],
      ['ZH-hant-tw', 'zh-Hant-TW'],
    ] as const) {
      expect(readSettings(WorkerSettingsSchema, { LODESTONE_LOCALE: tag }).LODESTONE_LOCALE).toBe(canonical);
    }
  });

  it('count as not set when they are spaces, and never as 0', () => {
    expect(readSettings(WorkerSettingsSchema, { LODESTONE_TOOL_SECONDS: '  ' }).LODESTONE_TOOL_SECONDS).toBeUndefined();
  });
});
