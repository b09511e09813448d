/** What reports and findings share: summaries by group, names of kinds of work, and where time went. Pure. */
import { runParts, type RunPart } from '../runs/run.ts';
import type { RunGroup, RunSummary } from './run-summary.ts';

export interface PartOfTime {
  readonly part: RunPart;
  /** Of all measured runs together. */
  readonly ms: number;
  /** Of their time, from 0 to 1. */
  readonly share: number;
}

/** The members of each group, by its name. */
export function grouped(
  summaries: readonly RunSummary[],
  keyOf: (group: RunGroup) => string,
): ReadonlyMap<string, readonly RunSummary[]> {
  const groups = new Map<string, RunSummary[]>();
  for (const summary of summaries) {
    const key = keyOf(summary.group);
    const members = groups.get(key);
    if (members === undefined) groups.set(key, [summary]);
    else members.push(summary);
  }
  return groups;
}

/** `step ai`, `tool debug`, `item`, `experiment`. */
export function kindName(kind: RunGroup['kind'], work: string): string {
  return kind === work ? kind : `${kind} ${work}`;
}

/** Where the time of measured runs went, the largest part first. */
export function timeByPart({ times }: Pick<RunSummary, 'times'>): readonly PartOfTime[] {
  const total = runParts.reduce((sum, part) => sum + times[part], 0);
  return runParts
    .filter((part) => times[part] > 0)
    .map((part) => ({ part, ms: times[part], share: times[part] / total }))
    .toSorted((left, right) => right.ms - left.ms);
}
