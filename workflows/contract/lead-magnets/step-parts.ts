/** The parts of a definition's schema that several kinds of step share. */
import { z } from 'zod';
import type { JsonObject } from '../json/json.ts';

export const stepId = z
  .string()
  .regex(/^[a-z][a-z0-9_]{0,63}$/, 'an id is lower-case letters, digits and _, beginning with a letter');
export const template = z.string().max(100_000);
export const modelName = z
  .string()
  .min(1)
  .max(100)
  .optional()
  .describe('the model; the setting LODESTONE_MODEL when left out');

export const OutputSchema = z.strictObject({
  schema: z
    .custom<JsonObject>((value) => typeof value === 'object' && value !== null && !Array.isArray(value), {
      error: 'must be a JSON Schema object',
    })
    .meta({ type: 'object', description: 'a JSON Schema (2020-12 or draft 7) that the answer must fit' }),
});

/** The fields of every kind of step. */
export const common = {
  id: stepId,
  title: z.string().min(1).max(120).optional().describe('what people read on the job page; the id when left out'),
  needs: z.array(stepId).max(50).default([]).describe('ids of the steps whose outputs this one uses'),
  onFailure: z
    .union([z.enum(['fail', 'skip', 'continue']), z.strictObject({ fallback: stepId })])
    .default('fail')
    .describe(
      'fail: the job fails; skip: dependants are skipped; continue: dependants see it as absent; fallback: another step stands in',
    ),
  limits: z
    .strictObject({
      attemptSeconds: z.number().positive().optional(),
      totalSeconds: z.number().positive().optional(),
      heartbeatSeconds: z.number().positive().optional(),
      attempts: z.int().positive().optional(),
    })
    .optional(),
};

/** An object whose texts may hold templates. */
export const bodyTemplate = z.custom<JsonObject>(
  (value) => typeof value === 'object' && value !== null && !Array.isArray(value),
  { error: 'must be an object; text in it may hold templates' },
);
