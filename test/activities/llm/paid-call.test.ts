import { describe, expect, it } from 'vitest';
import { failure } from '../../../activities/failure.ts';
import { createPaidCalls, StoppedCall } from '../../../activities/llm/paid-call.ts';
import type { BegunResponse, Model, ModelResponse } from '../../../activities/ports.ts';
import { call } from '../../support/llm/paid-call.ts';
import { textResponse } from '../../support/llm/responses.ts';
import { temporaryStore } from '../../support/temporary-store.ts';

function pending(id: string): ModelResponse {
  return {
    ...textResponse(id, ''),
    status: 'pending',
    usage: { ...textResponse(id, '').usage, inputTokens: 0, outputTokens: 0 },
  };
}

class FakeModel implements Model {
  created = 0;
  retrieved: string[] = [];
  cancelled: string[] = [];
  createWith: () => Promise<BegunResponse> = async () => pending(`r${this.created}`);
  retrieveWith: (id: string) => Promise<ModelResponse> = async (id) => textResponse(id, 'answer');

  async create(): Promise<BegunResponse> {
    this.created += 1;
    return this.createWith();
  }

  async retrieve(id: string): Promise<ModelResponse> {
    this.retrieved.push(id);
    return this.retrieveWith(id);
  }

  async cancel(id: string): Promise<void> {
    this.cancelled.push(id);
  }
}

async function paidCalls(model: Model, sleep: () => Promise<void> = async () => undefined) {
  const store = await temporaryStore();
  const { ledger } = store;
  return {
    store,
    ask: createPaidCalls({ model, ledger, sleep, wasCancelled: () => false }),
  };
}

describe('a model call', () => {
  it('takes the end that is reported to it, and stops listening', async () => {
    const model = new FakeModel();
    const { ask } = await paidCalls(model, async () => Promise.withResolvers<void>().promise);
    let closed = 0;
    const stream = { ended: Promise.resolve(textResponse('r1', 'told')), close: () => (closed += 1) };
    model.createWith = async () => ({ ...pending('r1'), stream });
    expect(await ask(call)).toMatchObject({ response: { text: 'told' } });
    expect(model.retrieved).toEqual([]);
    expect(closed).toBe(1);
  });

  it.each([
    ['breaks off', Promise.resolve(null)],
    ['stays silent', Promise.withResolvers<null>().promise],
  ])('is asked for when the word of its end %s', async (_how, ended) => {
    const model = new FakeModel();
    const { ask } = await paidCalls(model);
    model.createWith = async () => ({ ...pending('r1'), stream: { ended, close: () => undefined } });
    expect(await ask(call)).toMatchObject({ response: { text: 'answer' } });
    expect(model.retrieved).toEqual(['r1']);
  });

  it('whose connection broke off is asked for with waits between, not without end', async () => {
    const model = new FakeModel();
    const happened: string[] = [];
    const { ask } = await paidCalls(model, async () => {
      await new Promise(setImmediate);
      happened.push('waited');
    });
    model.createWith = async () => ({
      ...pending('r1'),
      stream: { ended: Promise.resolve(null), close: () => undefined },
    });
    let fetches = 0;
    model.retrieveWith = async (id) => {
      happened.push('fetched');
      fetches += 1;
      // The first wait was given up for the broken connection, and ends by itself.
      await new Promise(setImmediate);
      return fetches === 3 ? textResponse(id, 'answer') : pending(id);
    };
    expect((await ask(call)).response.text).toBe('answer');
    expect(happened).toEqual(['fetched', 'waited', 'waited', 'fetched', 'waited', 'fetched']);
  });

  it('P16: is fetched, not paid again, when an attempt died after it had begun', async () => {
    const model = new FakeModel();
    const { ask } = await paidCalls(model);
    model.retrieveWith = async () => {
      throw failure('provider_unavailable', 'reset');
    };
    await expect(ask(call)).rejects.toThrow('reset');
    model.retrieveWith = async (id) => textResponse(id, 'answer');
    const again = await ask({ ...call, basis: 'screen 2' });
    expect(again).toMatchObject({ basis: 'screen 1', response: { id: 'r1', text: 'answer' } });
    expect(model.created).toBe(1);
  });

  it('is answered from the ledger when it was done already', async () => {
    const model = new FakeModel();
    const { ask } = await paidCalls(model);
    await ask(call);
    await ask(call);
    expect(model.created).toBe(1);
    expect(model.retrieved).toEqual(['r1', 'r1']);
  });

  it('is counted as a possible repeat when an attempt died before it learnt the id', async () => {
    const model = new FakeModel();
    const { ask, store } = await paidCalls(model);
    await store.ledger.write({
      key: call.key,
      jobId: 'job',
      kind: 'model_call',
      state: 'intended',
      data: { basis: 'screen 1', repeats: 0 },
    });
    await ask(call);
    expect((await store.ledger.find(call.key))?.data).toMatchObject({ repeats: 1, responseId: 'r1' });
  });

  it.each([
    'provider_authentication',
    'provider_quota',
    'provider_rate_limit',
    'provider_request',
    'step_definition',
  ] as const)('that the provider refused (%s) is no call, and begins anew', async (type) => {
    const model = new FakeModel();
    const { ask, store } = await paidCalls(model);
    model.createWith = async () => {
      throw failure(type, 'no');
    };
    await expect(ask(call)).rejects.toThrow('no');
    expect(await store.ledger.find(call.key)).toMatchObject({ state: 'failed' });
    model.createWith = async () => pending('r2');
    expect((await ask(call)).response.id).toBe('r2');
    expect((await store.ledger.find(call.key))?.data).toMatchObject({ repeats: 0 });
  });

  it.each([
    ['a time-out, a reset, a 5xx, a body that was cut', failure('provider_unavailable', 'reset')],
    ['an error that nobody knows', new RangeError('reset')],
  ])('P16: whose outcome is unknown (%s) counts as one that may have been paid', async (_what, error) => {
    const model = new FakeModel();
    const { ask, store } = await paidCalls(model);
    model.createWith = async () => {
      throw error;
    };
    await expect(ask(call)).rejects.toThrow('reset');
    expect(await store.ledger.find(call.key)).toMatchObject({ state: 'intended', data: { repeats: 0 } });
    model.createWith = async () => pending('r2');
    await ask(call);
    expect(await store.ledger.find(call.key)).toMatchObject({ state: 'done', data: { repeats: 1, responseId: 'r2' } });
  });

  it('P16: that is begun while its worker shuts down is not cut off: its id is kept for the next attempt', async () => {
    const model = new FakeModel();
    const { ask, store } = await paidCalls(model);
    const shutdown = new AbortController();
    model.createWith = async () => {
      shutdown.abort();
      return pending('r1');
    };
    await expect(ask({ ...call, signal: shutdown.signal })).rejects.toThrow('aborted');
    expect(await store.ledger.find(call.key)).toMatchObject({ state: 'intended', data: { responseId: 'r1' } });
    expect((await ask(call)).response.text).toBe('answer');
    expect(model.created).toBe(1);
  });

  it('that failed late is recorded with its type, is paid for, and is begun anew by the next attempt', async () => {
    const model = new FakeModel();
    const { ask, store } = await paidCalls(model);
    const problem = { code: 'server_error', message: 'oops' };
    model.retrieveWith = async (id) => ({ ...textResponse(id, ''), status: 'failed', problem });
    await expect(ask(call)).rejects.toMatchObject({ type: 'provider_unavailable' });
    model.retrieveWith = async (id) => textResponse(id, 'answer');
    expect((await ask(call)).response.id).toBe('r2');
    expect(await store.modelCalls.usageUnder('job', 'job/step/1/')).toMatchObject({ modelCalls: 2, costUsd: 0.02 });
    expect(await store.modelCalls.usageUnder('job', 'job/step/2/')).toMatchObject({ modelCalls: 0, costUsd: 0 });
  });

  it('whose answer was cut is an answer, as far as it goes, and is not asked for again', async () => {
    const model = new FakeModel();
    const { ask } = await paidCalls(model);
    const problem = { code: 'incomplete', message: 'max_output_tokens' };
    model.retrieveWith = async (id) => ({ ...textResponse(id, 'half an'), status: 'incomplete', problem });
    expect((await ask(call)).response).toMatchObject({ status: 'incomplete', text: 'half an' });
    await ask(call);
    expect(model.created).toBe(1);
  });

  it('A04: is stopped at the provider when the time for it is up', async () => {
    const model = new FakeModel();
    const { ask, store } = await paidCalls(model);
    let polls = 0;
    model.retrieveWith = async (id) => pending(id);
    const impatient = { ...call, mayGoOn: async () => (polls += 1) < 3 };
    await expect(ask(impatient)).rejects.toThrow(StoppedCall);
    expect(model.cancelled).toEqual(['r1']);
    expect(await store.ledger.find(call.key)).toMatchObject({ state: 'failed' });
  });

  it('that was completed while it was stopped is an answer', async () => {
    const model = new FakeModel();
    const { ask } = await paidCalls(model);
    const answer = await ask({ ...call, mayGoOn: async () => false });
    expect(model.cancelled).toEqual(['r1']);
    expect(answer.response.text).toBe('answer');
  });
});
