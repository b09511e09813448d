/** Describes answers in the API's document: JSON by a schema, or a problem. */
import { z } from '@hono/zod-openapi';
import { ProblemSchema } from './problem.ts';

export function json<Schema extends z.ZodType>(description: string, schema: Schema) {
  return { description, content: { 'application/json': { schema } } };
}

export function problem(description: string) {
  return { description, content: { 'application/problem+json': { schema: ProblemSchema } } };
}

/** Any JSON object. The document's generator does not support zod's own JSON type, which is recursive. */
export const JsonObjectSchema = z.record(z.string(), z.unknown());

/** Possible answers to every change: browsers send changes of other sites' pages, which are refused. */
export const changeRefusals = { 403: problem("Sent by another site's page") };
