/**
 * The records that one attempt of a step writes. Writes that need not be on disk before the work continues wait briefly
 * for others, so that a short step is written in one transaction at its end; none waits long enough to be noticed.
 */
import type { StepChange, StepEvent } from '../../store/jobs/step-changes.ts';
import type { JoinedWrite, Store } from '../../store/store.ts';

/** How long a write waits for others. A page that shows the job lags by no more than this. */
export const waitMilliseconds = 300;

export interface AttemptRecord {
  /**
   * Writes soon, at the latest with the attempt's end. Only for what a later attempt would find out again after a
   * crash: never for what must be recorded before an effect.
   */
  readonly later: (write: JoinedWrite) => void;
  /** Writes a change of the step, together with all waiting writes. False when the attempt has been superseded. */
  change(change: AttemptChange, ...events: readonly StepEvent[]): Promise<boolean>;
  /** Writes everything that waits. */
  readonly flush: () => Promise<void>;
}

export type AttemptPlace = Pick<StepChange, 'jobId' | 'stepId' | 'generation' | 'sequence' | 'attempt'>;
export type AttemptChange = Omit<StepChange, keyof AttemptPlace | 'began' | 'at'>;

/** The attempt's start, at which the step is running; null when another activity has recorded it. */
export type Beginning = StepEvent | null;

export function startRecord(store: Store, place: AttemptPlace, beginning: Beginning): AttemptRecord {
  let begun = beginning === null ? null : { ...beginning, at: new Date().toISOString() };
  let waiting: readonly JoinedWrite[] = [];
  let timer: NodeJS.Timeout | undefined;
  let writing: Promise<unknown> = Promise.resolve();

  /** One after the other: waiting writes leave the list once they are written, so that a failed write is repeated. */
  const write = async (change: AttemptChange | null, events: readonly StepEvent[]): Promise<boolean> => {
    clearTimeout(timer);
    timer = undefined;
    const [first, writes] = [begun, waiting];
    if (first === null && writes.length === 0 && change === null) return true;
    const at = new Date().toISOString();
    const isMade = await store.together(place.jobId, async (parts) => {
      for (const one of writes) await one(parts);
      if (first === null) return change === null || parts.jobs.changeStep({ ...place, ...change, at }, ...events);
      const whole = { ...place, state: 'running' as const, note: null, ...change, began: first.at, at };
      return parts.jobs.changeStep(whole, first, ...events);
    });
    if (first !== null) begun = null;
    waiting = waiting.slice(writes.length);
    return isMade;
  };
  const inTurn = (change: AttemptChange | null, events: readonly StepEvent[]): Promise<boolean> => {
    const turn = writing.then(() => write(change, events));
    writing = turn.catch(() => undefined);
    return turn;
  };
  const arm = (): void => {
    // What cannot be written now is written with the end, which reports the failure.
    timer ??= setTimeout(() => void inTurn(null, []).catch(() => undefined), waitMilliseconds);
  };
  if (begun !== null) arm();
  return {
    later(joined) {
      waiting = [...waiting, joined];
      arm();
    },
    change: (change, ...events) => inTurn(change, events),
    async flush() {
      await inTurn(null, []);
    },
  };
}
