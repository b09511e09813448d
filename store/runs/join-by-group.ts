/**
 * Joins summaries by their groups, with other work in between. No more groups are kept than can be copied to a thread without blocking:
 * those with the fewest runs become one rest for each kind of work.
 */
import { setImmediate as otherWork } from 'node:timers/promises';
import { joinSummaries } from '../../workflows/contract/insights/join-summaries.ts';
import type { RunGroup, RunSummary } from '../../workflows/contract/insights/run-summary.ts';

/** Copying one takes 20 µs. */
const mostGroups = 2000;

export async function joinByGroup(summaries: readonly RunSummary[], most = mostGroups): Promise<readonly RunSummary[]> {
  const whole = await joinAlike(summaries, ({ group }) => group);
  if (whole.length <= most) return whole;
  const byRuns = whole.toSorted((left, right) => right.runs - left.runs);
  const rest = await joinAlike(byRuns.slice(most), restOf);
  return joinAlike([...byRuns.slice(0, most), ...rest], ({ group }) => group);
}

async function joinAlike(
  summaries: readonly RunSummary[],
  groupOf: (summary: RunSummary) => RunGroup,
): Promise<readonly RunSummary[]> {
  const groups = new Map<string, { readonly group: RunGroup; readonly members: RunSummary[] }>();
  for (const summary of summaries) {
    const group = groupOf(summary);
    const key = JSON.stringify(Object.values(group));
    const known = groups.get(key);
    if (known === undefined) groups.set(key, { group, members: [summary] });
    else known.members.push(summary);
  }
  const whole: RunSummary[] = [];
  for (const { group, members } of groups.values()) {
    whole.push(joinSummaries(members, group));
    await otherWork();
  }
  return whole;
}

function restOf({ group: { kind, work } }: RunSummary): RunGroup {
  const step = kind === 'step' ? 'other' : null;
  return { tenant: 'other', kind, work, leadMagnet: 'other', step, model: 'other', limitsVersion: 0 };
}
