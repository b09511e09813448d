/** Looks at the version of limits that is being tried, and ends the trial by the guard's verdict. */
import { setImmediate } from 'node:timers/promises';
import type { Limits } from '../../store/limits/limits.ts';
import { judging } from '../../workflows/contract/limits/canary/guard.ts';
import type { CanaryLook } from '../../workflows/contract/limits/canary/runs.ts';
import type { CanaryVerdict } from '../../workflows/contract/limits/canary/verdict.ts';
import type { GuardResult } from '../../workflows/contract/limits/tuning.ts';

/** The candidate gets a tenth of the jobs. */
const mostJobs = { canary: 5_000, control: 45_000 } as const;

export async function guardCanary(limits: Limits, now: Date): Promise<GuardResult> {
  const rollout = await limits.rollout();
  const { candidate } = rollout;
  const look = await limits.canaryLook(rollout, now, mostJobs);
  if (look === null) return { state: 'none', candidate: null, reason: 'no version is being tried' };
  const { decision, reason, cause, runs, evidence } = await judged(look);
  if (decision === 'continue') return { state: 'continue', candidate, reason };
  const ended = await limits.endTrial({
    revision: rollout.revision,
    decision,
    reason,
    evidence: JSON.parse(JSON.stringify({ cause, runs, evidence })),
    now,
  });
  if (!ended) return { state: 'stale', candidate, reason: 'the limits were changed meanwhile' };
  return { state: decision === 'promote' ? 'promoted' : 'rolled_back', candidate, reason };
}

/** Between its portions, the worker's heartbeats and other activities go on. */
async function judged(look: CanaryLook): Promise<CanaryVerdict> {
  const portions = judging(look);
  for (;;) {
    const portion = portions.next();
    if (portion.done) return portion.value;
    await setImmediate();
  }
}
