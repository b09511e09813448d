/** A job's stored input, validated when read back. */
import { z } from 'zod';
import type { LeadMagnetJobInput } from './job.ts';
import { PinnedLimitsSchema } from '../limits/limits-schema.ts';
import { LeadMagnetSchema } from '../lead-magnets/lead-magnet.ts';

const JobInputSchema = z.object({
  tenant: z.string(),
  version: z.int(),
  definition: LeadMagnetSchema,
  form: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])),
  submittedAt: z.string(),
  jobUrl: z.string().nullable(),
  revision: z.union([z.literal(2), z.literal(3)]).exactOptional(),
  aiQueue: z.enum(['jobs', 'llm']).exactOptional(),
  limits: PinnedLimitsSchema.exactOptional(),
});

export function readJobInput(text: string): LeadMagnetJobInput {
  return JobInputSchema.parse(JSON.parse(text));
}
