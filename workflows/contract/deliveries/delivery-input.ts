/** The stored input of a delivery, validated when read back. */
import { z } from 'zod';
import { reasonTypes } from '../failures.ts';
import type { DeliveryActivityInput } from '../jobs/job.ts';
import { DeliverySchema, LeadMagnetSchema } from '../lead-magnets/lead-magnet.ts';
import { jobOutcomes } from '../jobs/states.ts';

const OutputReferenceSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('inline'), value: z.json() }),
  z.object({ kind: z.literal('artifact'), sha256: z.string(), bytes: z.int() }),
]);

const DeliveryInputSchema = z.object({
  job: z.object({
    id: z.string(),
    tenant: z.string(),
    leadMagnet: z.string(),
    leadMagnetName: z.string(),
    version: z.int(),
    submittedAt: z.string(),
    url: z.string().nullable(),
    look: z.object({ language: z.string().nullable(), logo: z.string().nullable() }).optional(),
  }),
  delivery: DeliverySchema,
  deliveryId: z.string(),
  form: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])),
  outputs: z.record(z.string(), OutputReferenceSchema.nullable()),
  network: LeadMagnetSchema.shape.network,
  artifacts: z.array(z.object({ name: z.string(), mediaType: z.string(), bytes: z.int(), sha256: z.string() })),
  outcome: z.enum(jobOutcomes),
  reason: z.object({ type: z.enum(reasonTypes), message: z.string() }).nullable(),
});

export function readDeliveryInput(text: string): DeliveryActivityInput {
  const { job, ...input } = DeliveryInputSchema.parse(JSON.parse(text));
  const { look, ...reference } = job;
  return { ...input, job: look === undefined ? reference : { ...reference, look }, transitions: [] };
}
