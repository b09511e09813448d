/**
 * The same work is judged once: of simultaneous requests one asks the expert, and the others wait for its answer within their own
 * limits. One of them asks when that request ends without an answer, or its worker gives no sign of life any more.
 */
import { ApplicationFailure } from '@temporalio/common';
import type { Store } from '../../store/store.ts';
import type { JudgedAnswer } from '../../store/tools/tool-requests.ts';
import type { ToolCut } from '../../workflows/contract/tools/tool-request.ts';
import { hasResponse } from '../llm/call-row.ts';
import { attemptMilliseconds } from './attempt.ts';
import { limitCut, type LayerClock } from './layer-clock.ts';
import { OnlyWaited } from './store-outage.ts';

export interface ExpertWorkDependencies {
  readonly store: Store;
  readonly now: () => number;
  /** Waits; rejects when the signal is aborted. */
  readonly sleep: (milliseconds: number, signal: AbortSignal) => Promise<void>;
}

export interface ExpertWork {
  readonly requestId: string;
  readonly tool: string;
  readonly hash: string;
  /** The ledger's key of the expert call. */
  readonly key: string;
  readonly clock: LayerClock;
  readonly signal: AbortSignal;
}

/** `ask`: this request asks the expert. */
export type WorkClaim =
  | { readonly kind: 'ask' }
  | { readonly kind: 'judged'; readonly judged: JudgedAnswer }
  | { readonly kind: 'late'; readonly cut: ToolCut };

const lookMilliseconds = 250;
const beatMilliseconds = 3_000;
/** Longer than Temporal takes to begin another attempt after a worker's death. */
const silenceMilliseconds = 15_000;
/** After a longer wait, the call is made by an attempt of its own, which has its whole time. */
const longWaitMilliseconds = 1_000;
const leastMilliseconds = 1_000;

/** Throws `OnlyWaited` when this request asks after a long wait, or has waited as long as an attempt may take. */
export async function claimWork(dependencies: ExpertWorkDependencies, work: ExpertWork): Promise<WorkClaim> {
  const { store, now, sleep } = dependencies;
  const { requestId, tool, hash, clock, signal } = work;
  const began = now();
  const { whole, streamed } = attemptMilliseconds(clock);
  let seen: { readonly requestId: string; readonly beats: number; readonly at: number } | null = null;
  for (;;) {
    const judged = await store.toolRequests.findJudged(tool, hash, new Date(now()));
    if (judged !== null) return { kind: 'judged', judged };
    // A response that this request has begun is paid, whoever holds the work now.
    const call = await store.ledger.find(work.key);
    if (call !== null && hasResponse(call)) return { kind: 'ask' };
    const holder = await store.workClaims.claim(hash, requestId);
    // The holder may have been answered, and ended, since the look above.
    const late = holder === null ? await store.toolRequests.findJudged(tool, hash, new Date(now())) : null;
    if (late !== null) return { kind: 'judged', judged: late };
    if (holder === null) return asking(began, now());
    if (seen === null || seen.requestId !== holder.requestId || seen.beats !== holder.beats) {
      seen = { ...holder, at: now() };
    } else if (
      now() - seen.at >= silenceMilliseconds + holder.pauseMilliseconds &&
      (await store.workClaims.takeOver(hash, requestId, holder))
    ) {
      return asking(began, now());
    }
    if (clock.until - now() < leastMilliseconds) {
      return { kind: 'late', cut: limitCut(clock, clock.endedBy, now(), null) };
    }
    // Temporal would count an attempt that it cuts off.
    if (now() - began >= Math.max(whole, streamed)) {
      throw new OnlyWaited('another request asks the expert for the same work, and has no answer yet');
    }
    await sleep(lookMilliseconds, signal);
  }
}

function asking(began: number, now: number): WorkClaim {
  if (now - began <= longWaitMilliseconds) return { kind: 'ask' };
  throw new OnlyWaited('another request asked the expert for the same work, and got no answer');
}

/** Says, while the expert is asked, that this request is at work, and when it fails, how long it pauses before it asks again. */
export async function whileBeating<Result>(
  { store, sleep }: ExpertWorkDependencies,
  { hash, requestId }: ExpertWork,
  ask: () => Promise<Result>,
): Promise<Result> {
  const over = new AbortController();
  const beat = async (): Promise<void> => {
    for (;;) {
      await sleep(beatMilliseconds, over.signal);
      // A store that is away for a moment must not end the beats.
      await store.workClaims.beat(hash, requestId).catch(() => undefined);
    }
  };
  void beat().catch(() => undefined);
  try {
    return await ask();
  } catch (error) {
    const pause = error instanceof ApplicationFailure ? error.nextRetryDelay : undefined;
    if (typeof pause === 'number') await store.workClaims.beat(hash, requestId, pause).catch(() => undefined);
    throw error;
  } finally {
    over.abort();
  }
}
