/** Two attempts of the same call at once: one whose worker was thought lost, and the one that Temporal has begun since. */
import { describe, expect, it } from 'vitest';
import { createPaidCalls, type PaidCall } from '../../../activities/llm/paid-call.ts';
import type { BegunResponse, Model, ModelResponse } from '../../../activities/ports.ts';
import { Superseded } from '../../../store/jobs/ledger.ts';
import { call } from '../../support/llm/paid-call.ts';
import { textResponse } from '../../support/llm/responses.ts';
import { temporaryStore } from '../../support/temporary-store.ts';

const noUsage = { modelCalls: 1, inputTokens: 0, cachedInputTokens: 0, outputTokens: 0, costUsd: 0 };
const pending = (id: string): ModelResponse => ({ ...textResponse(id, ''), status: 'pending', usage: noUsage });
const of = (attempt: number, changed: Partial<PaidCall> = {}): PaidCall => ({ ...call, attempt, ...changed });

async function world(create: (calls: number) => Promise<BegunResponse>) {
  const { ledger, modelCalls } = await temporaryStore();
  const cancelled: string[] = [];
  let calls = 0;
  const model: Model = {
    create: () => create((calls += 1)),
    retrieve: async (id) => textResponse(id, `answer of ${id}`),
    cancel: async (id) => void cancelled.push(id),
  };
  const ask = createPaidCalls({ model, ledger, sleep: async () => undefined, wasCancelled: () => false });
  return { ledger, modelCalls, cancelled, ask, calls: () => calls };
}

/** A first call that hangs until it is let go. */
function hanging(answer: (id: string) => BegunResponse) {
  const held = Promise.withResolvers<void>();
  const begun = Promise.withResolvers<void>();
  const create = async (calls: number): Promise<BegunResponse> => {
    if (calls > 1) return pending(`r${calls}`);
    begun.resolve();
    await held.promise;
    return answer('r1');
  };
  return { create, begun: begun.promise, letGo: held.resolve };
}

describe('an attempt that a later one has replaced', () => {
  it('does not write its id over the one of the later attempt, and stops its call', async () => {
    const { create, begun, letGo } = hanging(pending);
    const { ask, ledger, cancelled } = await world(create);
    const first = ask(of(1));
    await begun;
    expect((await ask(of(2))).response.id).toBe('r2');
    letGo();
    await expect(first).rejects.toThrow(Superseded);
    expect(await ledger.find(call.key)).toMatchObject({ state: 'done', attempt: 2, data: { responseId: 'r2' } });
    expect(cancelled).toEqual(['r1']);
  });

  it('records what its answer has cost, and nothing else', async () => {
    const { create, begun, letGo } = hanging((id) => ({ ...textResponse(id, 'late'), isKept: false }));
    const { ask, ledger, modelCalls } = await world(create);
    const first = ask(of(1));
    await begun;
    await ask(of(2));
    letGo();
    await expect(first).rejects.toThrow(Superseded);
    expect((await ledger.find(call.key))?.data).toMatchObject({ responseId: 'r2', repeats: 1 });
    expect((await modelCalls.usageUnder('job', call.key)).modelCalls).toBe(2);
  });

  it('does not stop at its limit the answer for which the later one waits', async () => {
    const waiting = Promise.withResolvers<boolean>();
    const looked = Promise.withResolvers<void>();
    const { ask, cancelled, calls } = await world(async () => pending('r1'));
    const mayGoOn = (): Promise<boolean> => {
      looked.resolve();
      return waiting.promise;
    };
    const first = ask(of(1, { mayGoOn }));
    await looked.promise;
    expect((await ask(of(2))).response.id).toBe('r1');
    waiting.resolve(false);
    await expect(first).rejects.toThrow(Superseded);
    expect(cancelled).toEqual([]);
    expect(calls()).toBe(1);
  });
});

describe('a later attempt', () => {
  it('takes the id that the earlier one writes in the moment in which the call would be made again', async () => {
    const { create, begun, letGo } = hanging(pending);
    const { ask, ledger, calls } = await world(create);
    const first = ask(of(1));
    await begun;
    const replace = ledger.replace.bind(ledger);
    Object.assign(ledger, {
      replace: async (...given: Parameters<typeof replace>) => {
        letGo();
        await first;
        return replace(...given);
      },
    });
    expect((await ask(of(2))).response.id).toBe('r1');
    expect(calls()).toBe(1);
  });
});
