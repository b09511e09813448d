/** Recommendations, as the API documents and answers them. */
import { z } from '@hono/zod-openapi';
import type { RunReport } from '../../../store/runs/run-reports.ts';
import { workerSettings } from '../../../workflows/contract/insights/recommend-workers.ts';
import { LimitsChangeSchema } from '../../../workflows/contract/limits/limits-schema.ts';
import { versionedKinds } from '../../../workflows/contract/limits/limits-version.ts';
import type { RunRecommendations } from './recommendations-work.ts';

const IntervalSchema = z.object({
  share: z.number(),
  value: z.number(),
  low: z.number().describe('of the 95 % confidence interval'),
  high: z.number().describe('of that interval, or the largest value'),
  isBounded: z
    .boolean()
    .describe('whether the runs are enough for an upper end; else high is only a lower bound of it'),
});

const KindSchema = z
  .object({
    kind: z.enum(versionedKinds),
    runs: z.int(),
    missingRuns: z.int().describe('how many more are needed; 0 when there are enough'),
    attempt: IntervalSchema.nullable().describe('of the seconds of attempts'),
    cutOff: z.int().describe('how many runs a limit ended'),
    startingPoint: z.array(z.number()).describe('where one begins without runs: the least and the most seconds'),
    changes: LimitsChangeSchema,
    why: z.string(),
  })
  .meta({ id: 'LimitRecommendation' });

const WorkerSchema = z
  .object({
    setting: z.enum(workerSettings),
    runs: z.int(),
    missingRuns: z.int().describe('how many more are needed; 0 when there are enough'),
    value: z.int().nullable(),
    memoryBytes: z.number().nullable().describe('for that many at once'),
    why: z.string(),
  })
  .meta({ id: 'WorkerRecommendation' });

export const RecommendationsSchema = z
  .object({
    from: z.string(),
    to: z.string(),
    change: LimitsChangeSchema.describe('of all kinds together, as POST /v1/limits/versions takes it'),
    kinds: z.array(KindSchema),
    workers: z.array(WorkerSchema).describe('what the workers need together for the work as it came'),
  })
  .meta({ id: 'Recommendations' });

export function recommendationsAnswer(
  { fromMs, toMs }: RunReport,
  { change, kinds, workers }: RunRecommendations,
): z.infer<typeof RecommendationsSchema> {
  return {
    from: new Date(fromMs).toISOString(),
    to: new Date(toMs).toISOString(),
    change,
    workers: [...workers],
    kinds: kinds.map((one) => ({ ...one, startingPoint: [...one.startingPoint] })),
  };
}
