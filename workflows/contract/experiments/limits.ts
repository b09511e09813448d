/** The limits of an experiment, by phase and for the whole. Safe in the workflow sandbox. */

export interface ExperimentLimits {
  /** A worker makes the video. */
  readonly dispatchSeconds: number;
  /** A model writes the code of a round. */
  readonly writeSeconds: number;
  readonly encodeSeconds: number;
  readonly decodeSeconds: number;
  readonly scoreSeconds: number;
  /** Recording how it ended. It is tried until it is written. */
  readonly storeSeconds: number;
  /** What all phases together may take. Waits for workers do not count, nor do attempts whose worker died. */
  readonly totalSeconds: number;
  /** The longest wait for a worker: a full one queues. */
  readonly waitSeconds: number;
  /** After this long without a heartbeat a worker counts as dead. A slow phase beats, whatever its code does. */
  readonly heartbeatSeconds: number;
  /** Attempts of a phase: the first, and those after a worker died or a sandbox did not start. */
  readonly attempts: number;
  /** Of the code under test. */
  readonly memoryBytes: number;
}

/** What an experiment may set for itself. */
export type ExperimentLimitChoices = {
  readonly [Key in 'encodeSeconds' | 'decodeSeconds' | 'totalSeconds' | 'waitSeconds' | 'memoryBytes']?:
    | ExperimentLimits[Key]
    | undefined;
};

const hour = 3600;

export const defaultExperimentLimits: ExperimentLimits = {
  dispatchSeconds: 10,
  writeSeconds: 300,
  encodeSeconds: 60,
  decodeSeconds: 60,
  scoreSeconds: 30,
  storeSeconds: 60,
  totalSeconds: hour,
  waitSeconds: 24 * hour,
  heartbeatSeconds: 10,
  attempts: 20,
  memoryBytes: 1024 * 2 ** 20,
};

export function experimentLimits(choices: ExperimentLimitChoices): ExperimentLimits {
  const { encodeSeconds, decodeSeconds, totalSeconds, waitSeconds, memoryBytes } = defaultExperimentLimits;
  return {
    ...defaultExperimentLimits,
    encodeSeconds: choices.encodeSeconds ?? encodeSeconds,
    decodeSeconds: choices.decodeSeconds ?? decodeSeconds,
    totalSeconds: choices.totalSeconds ?? totalSeconds,
    waitSeconds: choices.waitSeconds ?? waitSeconds,
    memoryBytes: choices.memoryBytes ?? memoryBytes,
  };
}

/** The product's own phases, `dispatch` and `score`, have up to this much more time for large videos. */
export const mostOwnFactor = 4;
const usualBytes = 16 * 2 ** 20;

/** The limit of one of the product's own phases for so many bytes of frames. */
export function ownSeconds(seconds: number, bytes: number): number {
  return seconds * Math.min(mostOwnFactor, Math.max(1, bytes / usualBytes));
}

/** The limits of a phase of which no more than these seconds are left. */
export function limitsWithin(limits: ExperimentLimits, seconds: number): ExperimentLimits {
  const { dispatchSeconds, writeSeconds, encodeSeconds, decodeSeconds, scoreSeconds } = limits;
  return {
    ...limits,
    dispatchSeconds: Math.min(dispatchSeconds, seconds),
    writeSeconds: Math.min(writeSeconds, seconds),
    encodeSeconds: Math.min(encodeSeconds, seconds),
    decodeSeconds: Math.min(decodeSeconds, seconds),
    scoreSeconds: Math.min(scoreSeconds, seconds),
  };
}

/** The memory of the phases that run the product's own programs: enough for the largest video, whatever the code under test may have. */
export const ownMemoryBytes = 1024 * 2 ** 20;

/** All contradictions within the limits, one sentence each; empty when there are none. */
export function experimentLimitProblems(limits: ExperimentLimits): string[] {
  const { dispatchSeconds, encodeSeconds, decodeSeconds, scoreSeconds, totalSeconds } = limits;
  const sum = dispatchSeconds + encodeSeconds + decodeSeconds + scoreSeconds;
  if (sum <= totalSeconds) return [];
  return [
    `dispatchSeconds + encodeSeconds + decodeSeconds + scoreSeconds is ${sum}, above totalSeconds ${totalSeconds}: a round could not end`,
  ];
}
