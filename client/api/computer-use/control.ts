/**
 * Takes over a run's browser for a person, performs their actions, and returns the browser. The loop reads the requests
 * from the store.
 */
import type { Store } from '../../../store/store.ts';
import type { Control, PersonAction } from '../../../workflows/contract/computer-use/control.ts';
import { findRun } from './computer-run.ts';
import { ProblemError } from '../http/problem.ts';

export interface Controlled {
  readonly store: Store;
  readonly jobId: string;
  readonly stepId: string;
  readonly now: Date;
}

/**
 * Null when nobody ever took over. A read on the person's behalf is recorded, and shows that the person is still there.
 */
export async function readControl({ store, now, ...place }: Controlled, watching: boolean): Promise<Control | null> {
  await findRun(store, place.jobId, place.stepId);
  if (watching) await store.controls.seen(place, now);
  return store.controls.find(place);
}

/** Throws a `ProblemError` when the run is over or another person has its browser. */
export async function takeOver({ store, now, ...place }: Controlled, by: string): Promise<void> {
  const { live, step } = await findRun(store, place.jobId, place.stepId);
  if (!live) throw new ProblemError('conflict', `${step.id} is over: there is no browser to take over`);
  const asked = await store.controls.ask(place, by, now);
  if (asked) return;
  const control = await store.controls.find(place);
  throw new ProblemError('conflict', `the browser was taken over by ${control?.by ?? 'somebody'}`);
}

/** Throws a `ProblemError` when nobody has taken it over. */
export async function handBack({ store, now, ...place }: Controlled, note: string | null): Promise<void> {
  await findRun(store, place.jobId, place.stepId);
  const returned = await store.controls.giveBack(place, note, now);
  if (!returned) throw new ProblemError('conflict', 'nobody has taken the browser over');
}

/** Throws a `ProblemError` unless a person has control of the browser. */
export async function actAsPerson({ store, now, ...place }: Controlled, action: PersonAction): Promise<void> {
  const { live } = await findRun(store, place.jobId, place.stepId);
  const taken = live && (await store.controls.act(place, action, now));
  if (!taken) throw new ProblemError('conflict', 'no person holds the browser: take it over first');
}
