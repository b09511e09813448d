/** How answers are described in the API's document: JSON of a schema, or a problem. */
import type { z } from '@hono/zod-openapi';
import { JobViewSchema } from '../../workflows/contract/job-view.ts';
import { ProblemSchema } from './problem.ts';

export function json<Schema extends z.ZodType>(description: string, schema: Schema) {
  return { description, content: { 'application/json': { schema } } };
}

export function problem(description: string) {
  return { description, content: { 'application/problem+json': { schema: ProblemSchema } } };
}

/** The contract's view, under a name of its own in the document. */
export const JobSchema = JobViewSchema.meta({ id: 'Job' });
