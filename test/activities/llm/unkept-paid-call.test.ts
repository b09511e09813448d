import { describe, expect, it } from 'vitest';
import { createPaidCalls, type PaidCall } from '../../../activities/llm/paid-call.ts';
import { start, textAnswer } from '../../demo/model-server/harness.ts';
import { chatModelAt, chatRequest } from '../../support/llm/chat.ts';
import { call } from '../../support/llm/paid-call.ts';
import { temporaryStore } from '../../support/temporary-store.ts';

const chatCall: PaidCall = { ...call, request: chatRequest };

async function paidCalls(texts: readonly string[], cancelled = true) {
  const { server } = await start(texts.map(textAnswer));
  const store = await temporaryStore();
  const { ledger } = store;
  const heard: string[] = [];
  const ask = createPaidCalls({
    model: chatModelAt('glm', server.url),
    ledger,
    // An event about a chat completion never comes, so none may be waited for.
    eventLookup: {
      ended: async () => [],
      isHeard: async () => true,
      responseTo: async (name) => {
        heard.push(name);
        return null;
      },
    },
    sleep: async () => undefined,
    wasCancelled: () => cancelled,
  });
  return { server, ask, heard, ledger, row: () => ledger.find(chatCall.key) };
}

describe('a call whose provider keeps no responses', () => {
  it('P16: that was answered is never made again: the row has the answer', async () => {
    const { server, ask, row } = await paidCalls(['Once.', 'Twice.']);
    const first = await ask(chatCall);
    expect(await ask(chatCall)).toEqual(first);
    expect(await row()).toMatchObject({ state: 'done', data: { repeats: 0 } });
    expect(server.journal.counters()).toMatchObject({ paidCreates: 1, retrieves: 0 });
  });

  it('P16: whose worker died after the answer is not made again either', async () => {
    const { server, ask, ledger } = await paidCalls(['Once.', 'Twice.']);
    // The end of the call is recorded with its step, which never came to it.
    await ask({ ...chatCall, later: () => undefined });
    expect(await ledger.find(chatCall.key)).toMatchObject({ state: 'intended' });
    expect(await ask(chatCall)).toMatchObject({ response: { text: 'Once.' } });
    expect(server.journal.counters()).toMatchObject({ paidCreates: 1 });
  });

  it('P16: whose answer was lost may have been paid: it is counted, made again, and waits for no event', async () => {
    const { server, ask, heard, row } = await paidCalls(['Lost.', 'Found.']);
    server.injectFault({ kind: 'truncated' });
    await expect(ask(chatCall)).rejects.toMatchObject({ type: 'provider_unavailable' });
    expect(await row()).toMatchObject({ state: 'intended' });
    expect(await ask(chatCall)).toMatchObject({ response: { text: 'Found.' } });
    expect(await row()).toMatchObject({ state: 'done', data: { repeats: 1 } });
    expect(heard).toEqual([]);
  });

  it.each(['rate_limit', 'quota'] as const)('that was refused (%s) is no call', async (kind) => {
    const { server, ask, row } = await paidCalls(['Answer.']);
    server.injectFault({ kind });
    await expect(ask(chatCall)).rejects.toMatchObject({ type: `provider_${kind}` });
    expect(await row()).toMatchObject({ state: 'failed' });
    await ask(chatCall);
    expect(await row()).toMatchObject({ state: 'done', data: { repeats: 0 } });
  });

  it('ends with the cancellation of its step', async () => {
    const { server, ask } = await paidCalls(['Never heard.']);
    server.injectFault({ kind: 'hang' });
    const leaving = new AbortController();
    const asked = ask({ ...chatCall, signal: leaving.signal });
    await expect.poll(() => server.journal.counters().paidCreates).toBe(1);
    leaving.abort(new Error('cancelled'));
    await expect(asked).rejects.toThrow('cancelled');
  });

  it('P16: does not end with its worker, which waits for the answer that is paid already', async () => {
    const { server, ask, row } = await paidCalls(['Kept.'], false);
    server.setLatency(300);
    const leaving = new AbortController();
    const asked = ask({ ...chatCall, signal: leaving.signal });
    await expect.poll(() => server.journal.entries.length).toBe(1);
    leaving.abort(new Error('shut down'));
    expect(await asked).toMatchObject({ response: { text: 'Kept.' } });
    expect(await row()).toMatchObject({ state: 'done' });
  });
});
