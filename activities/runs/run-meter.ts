/**
 * Measures where the time of an attempt goes, and its memory. The meter belongs to the asynchronous context of the attempt, so that
 * code deep below it needs no parameter. Each moment belongs to the part that began last of those under way; what the store takes is
 * moved from that part to the store.
 */
import { AsyncLocalStorage } from 'node:async_hooks';
import { onStoreTime } from '../../store/database/store-times.ts';
import type { RunMeasures, RunPart } from '../../workflows/contract/runs/run.ts';
import { watchMemory, type MemoryUse } from './memory-use.ts';

/** The parts that an attempt measures; the others follow from when it was scheduled and resumed. */
export type MeasuredPart = Exclude<RunPart, 'queue' | 'retry' | 'other'>;

export interface RunMeter {
  /** Milliseconds by part so far. */
  readonly times: () => Partial<Record<RunPart, number>>;
  readonly measures: () => RunMeasures;
  begin(part: MeasuredPart): () => void;
  /** Belongs to the store instead of the part under way. */
  moveToStore(milliseconds: number): void;
  readonly note: (measures: Partial<RunMeasures>) => void;
  readonly memory: MemoryUse;
  /** The meter watches memory until then. */
  readonly close: () => void;
}

const meters = new AsyncLocalStorage<RunMeter>();
onStoreTime((milliseconds) => meters.getStore()?.moveToStore(milliseconds));

/** Runs work with a meter of its own. */
export async function withRunMeter<Result>(work: (meter: RunMeter) => Promise<Result>): Promise<Result> {
  const meter = createRunMeter(() => performance.now());
  try {
    return await meters.run(meter, () => work(meter));
  } finally {
    meter.close();
  }
}

/** The meter of the attempt under way; undefined where nothing is measured. */
export function runMeter(): RunMeter | undefined {
  return meters.getStore();
}

/** Measures work as a part of the attempt that it belongs to; only runs it where nothing is measured. */
export async function measured<Result>(part: MeasuredPart, work: () => Promise<Result>): Promise<Result> {
  const end = meters.getStore()?.begin(part);
  try {
    return await work();
  } finally {
    end?.();
  }
}

/** Adds to what is known of the attempt under way. */
export function noteRun(measures: Partial<RunMeasures>): void {
  meters.getStore()?.note(measures);
}

/** From now, the memory of the attempt under way is that of a process of its own and its descendants. */
export function watchRunProcess(pid: number): void {
  meters.getStore()?.memory.watchProcess(pid);
}

/** A sandbox has measured the most memory that it took. */
export function noteRunMemory(peakBytes: number): void {
  meters.getStore()?.memory.sample(peakBytes);
}

/** `clock` gives milliseconds. */
export function createRunMeter(clock: () => number): RunMeter {
  const totals = new Map<RunPart, number>();
  const underWay: { readonly part: MeasuredPart }[] = [];
  const memory = watchMemory();
  let noted: Partial<RunMeasures> = {};
  let last = clock();
  const add = (part: RunPart, milliseconds: number): void => {
    totals.set(part, (totals.get(part) ?? 0) + milliseconds);
  };
  const settle = (): void => {
    const now = clock();
    const top = underWay.at(-1);
    if (top !== undefined) add(top.part, now - last);
    last = now;
  };
  return {
    times() {
      settle();
      return Object.fromEntries(totals);
    },
    measures: () => ({
      model: null,
      statusCode: null,
      coldStart: null,
      longestRepeat: null,
      ...noted,
      ...memory.figures(),
    }),
    begin(part) {
      settle();
      const entry = { part };
      underWay.push(entry);
      return () => {
        settle();
        const place = underWay.indexOf(entry);
        if (place >= 0) underWay.splice(place, 1);
      };
    },
    moveToStore(milliseconds) {
      const top = underWay.at(-1);
      if (top !== undefined) add(top.part, -milliseconds);
      add('store', milliseconds);
    },
    note(measures) {
      noted = { ...noted, ...measures };
    },
    memory,
    close: memory.close,
  };
}
