/** Summaries of runs as rollups keep them: JSON, with distributions in buckets that are 2 % wide. */
import { z } from 'zod';
import { runCauses } from '../../workflows/contract/insights/causes.ts';
import { bucketsOf, pointsOf, type Distribution } from '../../workflows/contract/insights/distribution.ts';
import type { RunSummary } from '../../workflows/contract/insights/run-summary.ts';
import { runKinds, runParts } from '../../workflows/contract/runs/run.ts';

const DistributionSchema = z
  .object({
    count: z.number(),
    sum: z.number(),
    sumOfSquares: z.number(),
    min: z.number(),
    max: z.number(),
    numbers: z.array(z.number().nullable()),
    counts: z.array(z.number()),
  })
  .transform(({ numbers, counts, ...figures }): Distribution => ({ ...figures, ...pointsOf({ numbers, counts }) }));

const CountsSchema = z.record(z.string(), z.number());

const ExampleSchema = z.object({
  tenant: z.string(),
  key: z.string(),
  kind: z.enum(runKinds),
  ownerId: z.string(),
  partId: z.string().nullable(),
  endedMs: z.number(),
  durationMs: z.number(),
});

const SummarySchema = z.object({
  group: z.object({
    tenant: z.string(),
    kind: z.enum(runKinds),
    work: z.string(),
    leadMagnet: z.string().nullable(),
    step: z.string().nullable(),
    model: z.string().nullable(),
    limitsVersion: z.number(),
  }),
  runs: z.number(),
  aboveMinute: z.number(),
  outcomes: CountsSchema,
  reasons: CountsSchema,
  refusals: CountsSchema,
  causes: z.record(z.enum(runCauses), z.number()),
  duration: DistributionSchema,
  attempt: DistributionSchema,
  cutOff: DistributionSchema,
  memory: DistributionSchema,
  memoryMeanSum: z.number(),
  cost: DistributionSchema,
  measured: z.number(),
  times: z.record(z.enum(runParts), z.number()),
  coldStarts: z.number(),
  warmStarts: z.number(),
  longestRepeat: z.number(),
  attempts: z.number(),
  turns: z.number(),
  inputTokens: z.number(),
  outputTokens: z.number(),
  busyMsByHour: CountsSchema,
  startsByHour: CountsSchema,
  examples: z.record(z.enum(runCauses), z.array(ExampleSchema)),
}) satisfies z.ZodType<RunSummary>;

export function summaryText(summary: RunSummary): string {
  const { duration, attempt, cutOff, memory, cost } = summary;
  const coarse = { duration, attempt, cutOff, memory, cost };
  const buckets = Object.entries(coarse).map(([name, { values, counts, ...figures }]) => [
    name,
    { ...figures, ...bucketsOf({ values, counts }) },
  ]);
  return JSON.stringify({ ...summary, ...Object.fromEntries(buckets) });
}

export function readSummary(text: string): RunSummary {
  return SummarySchema.parse(JSON.parse(text));
}
