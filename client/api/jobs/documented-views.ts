/** The contract's views of a job, with their names in the API's document. */
import { JobEventSchema, JobViewSchema } from '../../../workflows/contract/jobs/job-view.ts';
import { JsonObjectSchema } from '../http/documented-answers.ts';

export const JobSchema = JobViewSchema.meta({ id: 'Job' });

export const EventSchema = JobEventSchema.extend({ data: JsonObjectSchema }).meta({ id: 'JobEvent' });
