/** How answers are described in the API's document: JSON of a schema, or a problem. */
import { z } from '@hono/zod-openapi';
import { JobEventSchema, JobViewSchema } from '../../../workflows/contract/jobs/job-view.ts';
import { ProblemSchema } from '../http/problem.ts';

export function json<Schema extends z.ZodType>(description: string, schema: Schema) {
  return { description, content: { 'application/json': { schema } } };
}

export function problem(description: string) {
  return { description, content: { 'application/problem+json': { schema: ProblemSchema } } };
}

/** The contract's views, under names of their own in the document. */
export const JobSchema = JobViewSchema.meta({ id: 'Job' });

/** Any JSON object. The document's generator cannot follow zod's own JSON type, which holds itself. */
export const JsonObjectSchema = z.record(z.string(), z.unknown());

export const EventSchema = JobEventSchema.extend({ data: JsonObjectSchema }).meta({ id: 'JobEvent' });

/** What every change may be answered with: browsers send changes for pages of other sites, which are refused. */
export const changeRefusals = { 403: problem("Sent by another site's page") };
