/**
 * Progress notifications of one call: phase, seconds used and left, tokens. A client hears at least every five seconds,
 * also while nothing is heard of the request.
 */
import { inTenths } from '../../workflows/contract/tools/tenths.ts';
import type { ToolProgress } from '../../workflows/contract/tools/tool-view.ts';

export type ProgressToken = string | number;

export type Notify = (notification: {
  readonly method: 'notifications/progress';
  readonly params: {
    readonly progressToken: ProgressToken;
    readonly progress: number;
    readonly total?: number;
    readonly message: string;
  };
}) => Promise<void>;

export interface ProgressReporter {
  readonly tell: (progress: ToolProgress) => void;
  readonly end: () => void;
}

const silenceMilliseconds = 5_000;
/** News of the same phase wait so long, because tokens arrive many times a second. */
const betweenMilliseconds = 500;

/** Sends nothing where the client gave no token. */
export function createProgressReporter(token: ProgressToken | undefined, notify: Notify): ProgressReporter {
  if (token === undefined) return { tell: () => undefined, end: () => undefined };
  const begun = performance.now();
  let sent = { at: begun, progress: 0, phase: '' };
  let known: ToolProgress | null = null;
  const send = (): void => {
    const now = performance.now();
    const used = Math.max((now - begun) / 1000, known?.secondsUsed ?? 0);
    // The protocol wants each value above the one before.
    const progress = Math.max(inTenths(used), Math.round((sent.progress + 0.01) * 100) / 100);
    const total = known === null || known.secondsLeft === null ? null : known.secondsUsed + known.secondsLeft;
    sent = { at: now, progress, phase: known?.phase ?? '' };
    const bound = total === null ? {} : { total: Math.max(inTenths(total), progress) };
    const params = { progressToken: token, progress, ...bound, message: textOf(known, used, total) };
    // A client that is gone hears nothing more; its call is cancelled elsewhere.
    notify({ method: 'notifications/progress', params }).catch(() => undefined);
  };
  const ticks = setInterval(() => {
    if (performance.now() - sent.at >= silenceMilliseconds - 1_000) send();
  }, 1_000);
  return {
    tell(progress) {
      known = progress;
      if (progress.phase !== sent.phase || performance.now() - sent.at >= betweenMilliseconds) send();
    },
    end: () => clearInterval(ticks),
  };
}

function textOf(known: ToolProgress | null, used: number, total: number | null): string {
  const left = total === null ? '' : `, ${Math.max(0, total - used).toFixed(0)} s left`;
  const phase = known === null ? 'starting' : phaseOf(known);
  const tokens = known !== null && known.tokens > 0 ? `; ${known.tokens} tokens` : '';
  return `${phase}: ${used.toFixed(0)} s used${left}${tokens}`;
}

function phaseOf({ phase, place }: ToolProgress): string {
  return phase === 'queued' && place !== null ? `queued, place ${place}` : phase;
}
