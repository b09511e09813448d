/** Looks at the version of limits that is being tried: reads the runs of both arms, and ends the trial by the guard's verdict. */
import type { Limits } from '../../store/limits/limits.ts';
import { judgeCanary } from '../../workflows/contract/limits/canary/guard.ts';
import type { ArmRuns, CanaryLook } from '../../workflows/contract/limits/canary/runs.ts';
import type { CanaryVerdict } from '../../workflows/contract/limits/canary/verdict.ts';
import { stepKinds, type StepKind } from '../../workflows/contract/limits/limits.ts';
import { limitDifferences } from '../../workflows/contract/limits/limits-version.ts';
import type { LimitsRollout } from '../../workflows/contract/limits/limits-schema.ts';
import type { GuardResult } from '../../workflows/contract/limits/tuning.ts';

/** The candidate gets a tenth of the jobs. */
const mostRuns = { canary: 5_000, control: 45_000 } as const;

export async function guardCanary(limits: Limits, now: Date): Promise<GuardResult> {
  const rollout = await limits.rollout();
  const { candidate } = rollout;
  const verdict = await verdictOf(limits, rollout, now);
  if (verdict === null) return { state: 'none', candidate: null, reason: 'no version is being tried' };
  const { decision, reason } = verdict;
  if (decision === 'continue') return { state: 'continue', candidate, reason };
  const { cause, runs, evidence } = verdict;
  const figures = { cause, runs: { ...runs }, evidence: evidence === null ? null : { ...evidence } };
  const ended = await limits.endTrial({
    revision: rollout.revision,
    decision,
    reason,
    evidence: JSON.parse(JSON.stringify(figures)),
    now,
  });
  if (!ended) return { state: 'stale', candidate, reason: 'the limits were changed meanwhile' };
  return { state: decision === 'promote' ? 'promoted' : 'rolled_back', candidate, reason };
}

/** Null when no version is being tried. */
export async function verdictOf(
  limits: Pick<Limits, 'version' | 'runsOfArm'>,
  { stable, candidate, beganAt }: LimitsRollout,
  now: Date,
): Promise<CanaryVerdict | null> {
  if (candidate === null || beganAt === null) return null;
  const began = new Date(beganAt);
  const [before, after] = [await limits.version(stable), await limits.version(candidate)];
  const changed = limitDifferences(before?.overrides ?? {}, after?.overrides ?? {}).map(({ kind }) => kind);
  const kinds = stepKinds.filter((kind): kind is StepKind => changed.includes(kind));
  const canary = await limits.runsOfArm({ version: candidate, kinds, began, limit: mostRuns.canary });
  const control = await limits.runsOfArm({ version: stable, kinds, began, limit: mostRuns.control });
  return judgeCanary(sameTime({ beganAtMs: began.getTime(), nowMs: now.getTime(), canary, control }));
}

/** Where an arm has more runs than are read, the other one is compared up to the last of them. */
function sameTime(look: CanaryLook): CanaryLook {
  const until = Math.min(lastStart(look.canary, mostRuns.canary), lastStart(look.control, mostRuns.control));
  if (until === Infinity) return look;
  const cut = ({ ended, underWay }: ArmRuns): ArmRuns => ({
    ended: ended.filter(({ startedAtMs }) => startedAtMs <= until),
    underWay: underWay.filter(({ startedAtMs }) => startedAtMs <= until),
  });
  return { ...look, canary: cut(look.canary), control: cut(look.control) };
}

function lastStart({ ended }: ArmRuns, limit: number): number {
  return ended.length < limit ? Infinity : ended.reduce((last, run) => Math.max(last, run.startedAtMs), 0);
}
