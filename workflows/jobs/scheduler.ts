/**
 * The scheduler, as pure functions of what has ended so far: which steps may start, which can no longer run, and the
 * job's outcome. It knows nothing of Temporal.
 */
import type { Reason } from '../contract/failures.ts';
import type { OutputReference } from '../contract/jobs/job.ts';
import type { Step } from '../contract/lead-magnets/lead-magnet.ts';
import type { JobOutcome, StepEnd } from '../contract/jobs/states.ts';
import { fallbackIds, type GraphStep } from '../contract/lead-magnets/step-graph.ts';

/** How a step ended. */
export interface Ending {
  readonly state: StepEnd;
  readonly reason: Reason | null;
  readonly output: OutputReference | null;
}

export type Endings = ReadonlyMap<string, Ending>;

/** What a step is for the steps that need it. */
type Standing = 'pending' | 'available' | 'absent' | 'blocked';

export interface Plan {
  /** Steps that may start now, in the order of the definition. */
  readonly ready: readonly string[];
  /** Steps that can no longer run, with the reason. */
  readonly skipped: readonly { readonly id: string; readonly reason: Reason }[];
  /** The step whose failure fails the job, if any. */
  readonly fatal: string | null;
}

/** What to do next, given what has ended and what runs. */
export function planSteps(steps: readonly GraphStep[], endings: Endings, running: ReadonlySet<string>): Plan {
  const fatal = steps.find((step) => isFatal(step, endings.get(step.id)))?.id ?? null;
  const open = steps.filter((step) => !endings.has(step.id) && !running.has(step.id));
  const standIns = fallbackIds(steps);
  const ready: string[] = [];
  const skipped: { id: string; reason: Reason }[] = [];
  for (const step of open) {
    const call = standIns.has(step.id) ? standInCall(steps, step.id, endings) : 'now';
    if (call === 'later') continue;
    if (call === 'never') {
      skipped.push({ id: step.id, reason: { type: 'dependency', message: 'the step that it replaces did not fail' } });
      continue;
    }
    const blocker = step.needs.find((need) => standingOf(steps, need, endings) === 'blocked');
    if (blocker !== undefined) {
      skipped.push({ id: step.id, reason: { type: 'dependency', message: `needs ${blocker}, which has no result` } });
    } else if (step.needs.every((need) => standingOf(steps, need, endings) !== 'pending')) {
      ready.push(step.id);
    }
  }
  return fatal === null ? { ready, skipped, fatal } : { ready: [], skipped: [], fatal };
}

function isFatal(step: GraphStep, ending: Ending | undefined): boolean {
  return ending !== undefined && hasFailed(ending) && step.onFailure === 'fail';
}

function hasFailed(ending: Ending): boolean {
  return ending.state === 'failed' || ending.state === 'timed_out';
}

/**
 * Whether a fallback step is needed: as soon as one of the steps that it replaces has failed; never when all ended
 * otherwise.
 */
function standInCall(steps: readonly GraphStep[], id: string, endings: Endings): 'now' | 'later' | 'never' {
  const principals = steps.filter((step) => typeof step.onFailure === 'object' && step.onFailure.fallback === id);
  const ends = principals.map((step) => endings.get(step.id));
  if (ends.some((ending) => ending !== undefined && hasFailed(ending))) return 'now';
  return ends.every((ending) => ending !== undefined) ? 'never' : 'later';
}

function standingOf(steps: readonly GraphStep[], id: string, endings: Endings): Standing {
  const step = steps.find((candidate) => candidate.id === id);
  const ending = endings.get(id);
  if (step === undefined || ending === undefined) return 'pending';
  if (ending.state === 'succeeded') return 'available';
  if (ending.state === 'skipped' || ending.state === 'cancelled') return 'blocked';
  if (typeof step.onFailure === 'object') return standingOf(steps, step.onFailure.fallback, endings);
  return step.onFailure === 'continue' ? 'absent' : 'blocked';
}

/** The output behind a step's name: its own, its fallback's, or none. */
export function outputOf(steps: readonly GraphStep[], id: string, endings: Endings): OutputReference | null {
  const ending = endings.get(id);
  if (ending === undefined) return null;
  if (ending.state === 'succeeded') return ending.output;
  const step = steps.find((candidate) => candidate.id === id);
  return typeof step?.onFailure === 'object' ? outputOf(steps, step.onFailure.fallback, endings) : null;
}

/** The job's outcome once every step has ended. */
export function outcomeOf(steps: readonly Step[], endings: Endings): { outcome: JobOutcome; reason: Reason | null } {
  const fatal = steps.find((step) => isFatal(step, endings.get(step.id)));
  if (fatal !== undefined) return { outcome: 'failed', reason: endings.get(fatal.id)?.reason ?? null };
  const failed = steps.find((step) => {
    const ending = endings.get(step.id);
    return ending !== undefined && hasFailed(ending);
  });
  if (failed === undefined) return { outcome: 'completed', reason: null };
  const succeeded = [...endings.values()].some((ending) => ending.state === 'succeeded');
  const reason = endings.get(failed.id)?.reason ?? null;
  return { outcome: succeeded ? 'completed_with_errors' : 'failed', reason };
}
