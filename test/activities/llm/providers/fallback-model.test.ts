import { describe, expect, it } from 'vitest';
import { withFallback } from '../../../../activities/llm/providers/fallback-model.ts';
import { createPaidCalls } from '../../../../activities/llm/paid-call.ts';
import { failure } from '../../../../activities/failure.ts';
import type { Model } from '../../../../activities/ports.ts';
import { chatRequest } from '../../../support/llm/chat.ts';
import { call } from '../../../support/llm/paid-call.ts';
import { textResponse } from '../../../support/llm/responses.ts';
import { temporaryStore } from '../../../support/temporary-store.ts';

async function world(order: readonly string[]) {
  const store = await temporaryStore();
  const asked: string[] = [];
  const down = new Set<string>();
  let time = 1_000_000;
  const model: Model = {
    create: async ({ model: name }) => {
      asked.push(name);
      if (down.has(name)) throw failure('provider_unavailable', `${name} is down`);
      return textResponse(`r${asked.length}`, `from ${name}`);
    },
    retrieve: async (id, name) => textResponse(id, `kept by ${name}`),
    cancel: async () => undefined,
  };
  const providers = {
    limiterKey: (name: string) => `test/${name}`,
    problemOf: (name: string) => (name === 'keyless' ? 'its key is not set' : null),
    imageProblemOf: (name: string) => (name === 'blind' ? 'it takes no images' : null),
  };
  const limiters = store.rateLimiters;
  const guarded = withFallback({ model, order, providers, limiters, now: () => time });
  const ask = (): Promise<{ readonly text: string; readonly model?: string }> => guarded.create(chatRequest);
  const failTimes = async (times: number): Promise<void> => {
    for (let index = 0; index < times; index += 1) await expect(ask()).rejects.toThrow('is down');
  };
  const pass = (milliseconds: number): void => {
    time += milliseconds;
  };
  return { store, asked, down, guarded, ask, failTimes, pass };
}

describe('a model whose circuit breaker is open', () => {
  it('T03: is replaced by the next in order that can be called, and comes back when a probe is answered', async () => {
    const { down, ask, failTimes, pass, asked } = await world(['keyless', 'kimi-k3']);
    down.add('glm-5.2');
    await failTimes(5);
    expect(await ask()).toMatchObject({ text: 'from kimi-k3', model: 'kimi-k3' });
    down.clear();
    pass(60_000);
    const back = await ask();
    expect(back.text).toBe('from glm-5.2');
    expect(back.model).toBeUndefined();
    expect(asked).not.toContain('keyless');
  });

  it('is called all the same when none is free', async () => {
    const { down, failTimes, asked } = await world(['kimi-k3']);
    down.add('glm-5.2').add('kimi-k3');
    await failTimes(12);
    expect(asked.slice(-2)).toEqual(['glm-5.2', 'glm-5.2']);
  });

  it('shares it with the batches of all workers', async () => {
    const { store, ask, asked } = await world(['kimi-k3']);
    const report = { kind: 'rate_limited' as const, retryAfterMilliseconds: 30_000 };
    await store.rateLimiters.report('test/glm-5.2', { report, reported: null, probe: false }, 1_000_000);
    await ask();
    expect(asked).toEqual(['kimi-k3']);
  });

  it('is not replaced where the call needs it', async () => {
    const { down, failTimes, guarded, asked } = await world(['kimi-k3']);
    down.add('glm-5.2');
    await failTimes(5);
    const computer = { tool: 'computer' as const, width: 1, height: 1 };
    await expect(guarded.create({ ...chatRequest, computer })).rejects.toThrow('is down');
    await expect(guarded.create({ ...chatRequest, isReplaceable: false })).rejects.toThrow('is down');
    expect(asked).not.toContain('kimi-k3');
  });
});

it('P16: the response of a model that took over is found again at that model', async () => {
  const { store, down, failTimes, guarded } = await world(['kimi-k3']);
  down.add('glm-5.2');
  await failTimes(5);
  const paid = createPaidCalls({
    model: guarded,
    ledger: store.ledger,
    sleep: async () => undefined,
    wasCancelled: () => false,
  });
  const asked = { ...call, request: chatRequest };
  expect(await paid(asked)).toMatchObject({ response: { text: 'from kimi-k3' } });
  expect(await paid(asked)).toMatchObject({ response: { text: 'kept by kimi-k3' } });
});

describe('a call that may have been paid, whose model is then replaced', () => {
  /** Models by name: whether their provider keeps responses, and what they answer. */
  async function mixedWorld(kept: readonly string[]) {
    const store = await temporaryStore();
    const asked: string[] = [];
    const lost = new Set<string>();
    const failed = new Set<string>();
    const open = new Set<string>();
    const waited: string[] = [];
    const model: Model = {
      create: async ({ model: name }) => {
        asked.push(name);
        if (lost.has(name)) throw failure('provider_unavailable', 'cut short', { perhapsPaid: true });
        if (failed.has(name)) throw failure('provider_unavailable', 'the model provider answered 503');
        return textResponse(`r${asked.length}`, `from ${name}`);
      },
      retrieve: async (id, name) => textResponse(id, `kept by ${name}`),
      cancel: async () => undefined,
      keepsResponses: (name) => kept.includes(name),
    };
    const limiter = await store.rateLimiters.find('any');
    const guarded = withFallback({
      model,
      order: ['kimi-k3'],
      providers: { limiterKey: (name) => name, problemOf: () => null, imageProblemOf: () => null },
      limiters: {
        acquire: async (key) =>
          open.has(key)
            ? { granted: false, by: 'breaker', waitMilliseconds: 1_000, why: 'it fails' }
            : { granted: true, probe: false, limiter },
        report: async () => undefined,
      },
      now: () => 0,
    });
    const paid = createPaidCalls({
      model: guarded,
      ledger: store.ledger,
      eventLookup: {
        ended: async () => [],
        isHeard: async () => true,
        responseTo: async (name) => {
          waited.push(name);
          return null;
        },
      },
      sleep: async () => undefined,
      wasCancelled: () => false,
    });
    const ask = () => paid({ ...call, request: chatRequest });
    return { ask, asked, lost, failed, open, waited, row: () => store.ledger.find(call.key) };
  }

  it('P16: asks no other model in the same attempt; the next one counts and names it, and waits for no event of it', async () => {
    const { ask, asked, lost, open, waited, row } = await mixedWorld(['kimi-k3']);
    lost.add('glm-5.2');
    await expect(ask()).rejects.toThrow('cut short');
    expect(asked).toEqual(['glm-5.2']);
    open.add('glm-5.2');
    expect(await ask()).toMatchObject({ response: { text: 'from kimi-k3' } });
    expect(waited).toEqual([]);
    expect(await row()).toMatchObject({
      state: 'done',
      data: { model: 'kimi-k3', repeats: 1, perhapsPaid: ['glm-5.2'] },
    });
    await ask();
    expect(asked).toEqual(['glm-5.2', 'kimi-k3']);
  });

  it('P16: is not named when its provider has reported a failure, although it is made again', async () => {
    const { ask, failed, open, row } = await mixedWorld([]);
    failed.add('glm-5.2');
    await expect(ask()).rejects.toThrow('answered 503');
    open.add('glm-5.2');
    expect(await ask()).toMatchObject({ response: { text: 'from kimi-k3' } });
    const { repeats, perhapsPaid } = (await row())?.data ?? {};
    expect({ repeats, perhapsPaid }).toEqual({ repeats: 1, perhapsPaid: undefined });
  });

  it('P16: is recorded with the model that took over before that is asked, and sought there', async () => {
    const { ask, lost, open, waited, row } = await mixedWorld(['glm-5.2']);
    open.add('glm-5.2');
    lost.add('kimi-k3');
    await expect(ask()).rejects.toThrow('cut short');
    expect(await row()).toMatchObject({ state: 'intended', data: { model: 'kimi-k3', repeats: 0 } });
    open.clear();
    expect(await ask()).toMatchObject({ response: { text: 'from glm-5.2' } });
    expect(waited).toEqual([]);
    expect(await row()).toMatchObject({ data: { repeats: 1, perhapsPaid: ['kimi-k3'] } });
  });

  it('P16: waits for the events of a provider that keeps responses before another is paid', async () => {
    const { ask, lost, open, waited } = await mixedWorld(['glm-5.2']);
    lost.add('glm-5.2');
    await expect(ask()).rejects.toThrow('cut short');
    open.add('glm-5.2');
    expect(await ask()).toMatchObject({ response: { text: 'from kimi-k3' } });
    expect(waited.length).toBeGreaterThan(10);
  });
});
