/**
 * The analysis of the runs of a window of time: figures by group, where the time went, and what was found. Made of summaries alone;
 * pure, and safe in the workflow sandbox.
 */
import { figuresOf, type Figures } from './distribution.ts';
import { findingsOf, type Finding } from './findings.ts';
import { grouped, kindName, timeByPart, type PartOfTime } from './groups.ts';
import { joinSummaries } from './join-summaries.ts';
import { noGroup, type Counts, type RunGroup, type RunSummary } from './run-summary.ts';

/** What runs are grouped by. */
export const analysisGroupings = ['kind', 'lead-magnet', 'model', 'step'] as const;
export type AnalysisGrouping = (typeof analysisGroupings)[number];

export interface GroupAnalysis {
  /** Of the kind, lead magnet, model or step; `all` of the total. */
  readonly name: string;
  readonly runs: number;
  readonly aboveMinute: number;
  readonly durationMs: Figures;
  /** The largest first; parts that took no time are left out. */
  readonly timeByPart: readonly PartOfTime[];
  /** Runs whose parts were measured: not those of killed workers. */
  readonly measured: number;
  readonly outcomes: Counts;
  /** Why runs did not succeed. */
  readonly errors: Counts;
  /** Refusals by HTTP status. */
  readonly refusals: Counts;
  /** The most memory of each run that was measured. */
  readonly memoryPeakBytes: Figures;
  readonly memoryMeanBytes: number;
  readonly coldStarts: number;
  readonly warmStarts: number;
  readonly costMicroUsd: Figures;
  readonly inputTokens: number;
  readonly outputTokens: number;
  /** Runs that needed more than one attempt count more than once. */
  readonly attempts: number;
}

export interface Analysis {
  readonly by: AnalysisGrouping;
  readonly total: GroupAnalysis;
  /** Those with the most time first. */
  readonly groups: readonly GroupAnalysis[];
  /** How many groups are left out. */
  readonly groupsLeftOut: number;
  readonly findings: readonly Finding[];
  readonly findingsLeftOut: number;
}

const mostGroups = 200;
const mostFindings = 100;

export function analyse(summaries: readonly RunSummary[], by: AnalysisGrouping): Analysis {
  const groups = [...grouped(summaries, (group) => nameOf(group, by))]
    .map(([name, members]) => groupAnalysis(name, members))
    .toSorted((left, right) => right.durationMs.sum - left.durationMs.sum);
  const findings = findingsOf(summaries);
  return {
    by,
    total: groupAnalysis('all', summaries),
    groups: groups.slice(0, mostGroups),
    groupsLeftOut: Math.max(0, groups.length - mostGroups),
    findings: findings.slice(0, mostFindings),
    findingsLeftOut: Math.max(0, findings.length - mostFindings),
  };
}

function nameOf({ kind, work, leadMagnet, model, step }: RunGroup, by: AnalysisGrouping): string {
  const names: Readonly<Record<AnalysisGrouping, string>> = {
    kind: kindName(kind, work),
    'lead-magnet': leadMagnet ?? 'no lead magnet',
    model: model ?? 'no model',
    step: step === null ? kindName(kind, work) : `${leadMagnet ?? 'no lead magnet'}/${step}`,
  };
  return names[by];
}

function groupAnalysis(name: string, members: readonly RunSummary[]): GroupAnalysis {
  const all = joinSummaries(members, noGroup);
  return {
    name,
    runs: all.runs,
    aboveMinute: all.aboveMinute,
    durationMs: figuresOf(all.duration),
    timeByPart: timeByPart(all),
    measured: all.measured,
    outcomes: all.outcomes,
    errors: all.reasons,
    refusals: all.refusals,
    memoryPeakBytes: figuresOf(all.memory),
    memoryMeanBytes: all.memory.count === 0 ? 0 : all.memoryMeanSum / all.memory.count,
    coldStarts: all.coldStarts,
    warmStarts: all.warmStarts,
    costMicroUsd: figuresOf(all.cost),
    inputTokens: all.inputTokens,
    outputTokens: all.outputTokens,
    attempts: all.attempts,
  };
}
