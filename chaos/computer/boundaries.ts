/** The kinds of fault of a computer-use run: at each boundary of the loop, and outside the worker. */

/** The worker kills itself there with SIGKILL, so that the moment is exact. */
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
  /** The fault is injected when its moment comes for the nth time, counted from 1. */
  readonly nth: number;
  /** Position of a random moment within its time span, from 0 to 1; other kinds ignore it. */
  readonly share: number;
}

/** Plans faults of every kind in turn, at positions that follow from the seed: the same seed gives the same plan. */
export function planFaults(count: number, seed: number): readonly Fault[] {
  const kinds: readonly FaultKind[] = [...workerBoundaries, ...outerFaults];
  const random = randomOf(seed);
  return Array.from({ length: count }, (_unused, index) => ({
    kind: kinds[index % kinds.length] ?? 'at a random moment',
    nth: 1 + Math.floor(random() * 4),
    share: random(),
  }));
}

/** The Mulberry32 generator: small, and with the same numbers on every machine. */
function randomOf(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
