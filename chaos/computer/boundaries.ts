/** The moments at which a computer-use run is hit by faults: each boundary of the loop, and troubles of the world around it. */

/** A worker kills itself there, by SIGKILL, so that the moment is exact. */
export const workerBoundaries = [
  'before the intent is written',
  'after the intent is written',
  'after the action, before it is written as done',
  'after a file is handed over, before that is written',
  'in the middle of a batch',
  'after the answer is begun, before its id is stored',
  'while the model thinks',
  'after the answer, before the checkpoint',
  'while the screen is looked at',
  'at a random moment',
] as const;
export type WorkerBoundary = (typeof workerBoundaries)[number];

/** Faults that are injected from outside the worker. */
export const outerFaults = [
  'while a person is asked',
  'the browser is killed',
  "the browser's host is killed",
  'the model server is cut off',
] as const;
export type OuterFault = (typeof outerFaults)[number];

export type FaultKind = WorkerBoundary | OuterFault;

export interface Fault {
  readonly kind: FaultKind;
  /** How many times the moment passes by before the fault, from 1. */
  readonly nth: number;
  /** Where in its span a random moment falls, from 0 to 1; the other kinds have no use for it. */
  readonly share: number;
}

/**
 * A plan of faults: every kind in turn as long as it lasts, at places that follow from the seed. The same seed gives the
 * same plan.
 */
export function planFaults(count: number, seed: number): readonly Fault[] {
  const kinds: readonly FaultKind[] = [...workerBoundaries, ...outerFaults];
  const random = randomOf(seed);
  return Array.from({ length: count }, (_unused, index) => ({
    kind: kinds[index % kinds.length] ?? 'at a random moment',
    nth: 1 + Math.floor(random() * 4),
    share: random(),
  }));
}

/** Mulberry32: small, and the same on every machine. */
function randomOf(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
