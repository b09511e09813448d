/** The analysis of runs, as the API documents and answers it. */
import { z } from '@hono/zod-openapi';
import { reportSources, type RunReport } from '../../../store/runs/run-reports.ts';
import { analysisGroupings, type Analysis, type GroupAnalysis } from '../../../workflows/contract/insights/analysis.ts';
import { findingCauses } from '../../../workflows/contract/insights/causes.ts';
import { findingLevels, pageOf, type Finding } from '../../../workflows/contract/insights/findings.ts';
import type { RunExample } from '../../../workflows/contract/insights/run-summary.ts';
import { runKinds, runParts } from '../../../workflows/contract/runs/run.ts';

const FiguresSchema = z
  .object({
    count: z.int(),
    sum: z.number(),
    min: z.number(),
    max: z.number(),
    mean: z.number(),
    p50: z.number(),
    p95: z.number(),
    p99: z.number(),
    variance: z.number().describe('of the sample: divided by one less than the count'),
  })
  .meta({ id: 'Figures', description: 'Percentiles are by nearest rank. All are 0 where nothing was measured.' });

const CountsSchema = z.record(z.string(), z.int());

const GroupSchema = z
  .object({
    name: z.string(),
    runs: z.int(),
    aboveMinute: z.int().describe('runs above 60 s'),
    durationMs: FiguresSchema,
    timeByPart: z
      .array(z.object({ part: z.enum(runParts), ms: z.number(), share: z.number() }))
      .describe('where the time of measured runs went, the largest part first'),
    measured: z.int().describe('runs whose parts were measured'),
    outcomes: CountsSchema,
    errors: CountsSchema.describe('why runs did not succeed'),
    refusals: CountsSchema.describe('by HTTP status'),
    memoryPeakBytes: FiguresSchema,
    memoryMeanBytes: z.number(),
    coldStarts: z.int(),
    warmStarts: z.int(),
    costMicroUsd: FiguresSchema,
    inputTokens: z.int(),
    outputTokens: z.int(),
    attempts: z.int(),
  })
  .meta({ id: 'RunGroup' });

const ExampleSchema = z.object({
  tenant: z.string(),
  key: z.string(),
  endedAt: z.string(),
  durationMs: z.number(),
  page: z.string().nullable().describe('the page of the job or the like; null for one of another tenant'),
});

const FindingSchema = z
  .object({
    cause: z.enum(findingCauses),
    level: z.enum(findingLevels),
    about: z.string(),
    tenant: z.string(),
    kind: z.enum(runKinds),
    work: z.string(),
    leadMagnet: z.string().nullable(),
    step: z.string().nullable(),
    runs: z.int().describe('how many runs show it'),
    outOf: z.int(),
    evidence: z.string(),
    advice: z.string(),
    examples: z.array(ExampleSchema),
  })
  .meta({ id: 'Finding' });

export const AnalysisSchema = z
  .object({
    from: z.string(),
    to: z.string(),
    source: z.enum(reportSources).describe('rows: all figures are exact; rollups: quantiles are within 1 %'),
    by: z.enum(analysisGroupings),
    total: GroupSchema,
    groups: z.array(GroupSchema).describe('those with the most time first'),
    groupsLeftOut: z.int(),
    findings: z.array(FindingSchema).describe('the most severe first'),
    findingsLeftOut: z.int(),
  })
  .meta({ id: 'Analysis' });

/** `tenant`: whose pages this API shows. */
export function analysisAnswer(
  { fromMs, toMs, source }: RunReport,
  analysis: Analysis,
  tenant: string,
): z.infer<typeof AnalysisSchema> {
  const { total, groups, findings, ...rest } = analysis;
  return {
    ...rest,
    source,
    from: new Date(fromMs).toISOString(),
    to: new Date(toMs).toISOString(),
    total: groupOf(total),
    groups: groups.map(groupOf),
    findings: findings.map((finding) => findingOf(finding, tenant)),
  };
}

function groupOf(group: GroupAnalysis): z.infer<typeof GroupSchema> {
  return { ...group, timeByPart: [...group.timeByPart] };
}

function findingOf({ examples, ...finding }: Finding, tenant: string): z.infer<typeof FindingSchema> {
  return { ...finding, examples: examples.map((example) => exampleOf(example, tenant)) };
}

function exampleOf(example: RunExample, tenant: string): z.infer<typeof ExampleSchema> {
  const { key, endedMs, durationMs } = example;
  return {
    tenant: example.tenant,
    key,
    endedAt: new Date(endedMs).toISOString(),
    durationMs,
    page: example.tenant === tenant ? pageOf(example) : null,
  };
}
