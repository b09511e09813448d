import { describe, expect, it, vi } from 'vitest';
import { failure } from '../../../activities/failure.ts';
import { createPaidCalls } from '../../../activities/llm/paid-call.ts';
import { createProviderEventLookup } from '../../../activities/llm/provider-event-lookup.ts';
import { FakeBatchModel } from '../../support/batches/fake-batch-model.ts';
import { FakeClock } from '../../support/fake-clock.ts';
import { call } from '../../support/llm/paid-call.ts';
import { temporaryStore } from '../../support/temporary-store.ts';

async function world() {
  const { ledger, acrossTenants } = await temporaryStore();
  const { providerEvents } = acrossTenants;
  const clock = new FakeClock();
  const model = new FakeBatchModel(clock);
  const eventLookup = createProviderEventLookup(providerEvents, model, clock.now);
  const ask = createPaidCalls({
    model,
    ledger,
    eventLookup,
    sleep: clock.sleep,
    wasCancelled: () => false,
  });
  const report = (responseId: string): Promise<void> =>
    providerEvents.record({ responseId, type: 'response.completed', now: clock.now() });
  return { model, clock, ask, report, ledger };
}

/** The provider accepts the call; the caller dies before it learns the id. */
function loseTheAnswer(model: FakeBatchModel): void {
  const create = model.create.bind(model);
  model.create = async (asked) => {
    await create(asked);
    model.create = create;
    throw failure('provider_unavailable', 'reset', { perhapsPaid: true });
  };
}

describe('a model call that was cut off before its id was stored', () => {
  it('P16: is found by its name once the provider reports its end, and is not paid again', async () => {
    const { model, clock, ask, report } = await world();
    await report('resp_other');
    loseTheAnswer(model);
    await expect(clock.run(ask(call))).rejects.toThrow('reset');
    void clock.sleep(20_000, call.signal).then(() => report('resp_1'));
    expect(await clock.run(ask(call))).toMatchObject({ basis: 'screen 1', response: { id: 'resp_1' } });
    expect(model.submitted()).toEqual(['Say one']);
  });

  it('is made again, and counted, when the provider says nothing of it within a minute', async () => {
    const { model, clock, ask, report, ledger } = await world();
    await report('resp_other');
    loseTheAnswer(model);
    await expect(clock.run(ask(call))).rejects.toThrow('reset');
    const began = clock.now();
    expect(await clock.run(ask(call))).toMatchObject({ response: { id: 'resp_2' } });
    expect(clock.now() - began).toBeGreaterThanOrEqual(60_000);
    expect((await ledger.find(call.key))?.data['repeats']).toBe(1);
  });

  it('is made again at once where the provider sends no events', async () => {
    const { model, clock, ask } = await world();
    loseTheAnswer(model);
    await expect(clock.run(ask(call))).rejects.toThrow('reset');
    const began = clock.now();
    expect(await clock.run(ask(call))).toMatchObject({ response: { id: 'resp_2' } });
    expect(clock.now() - began).toBeLessThan(5_000);
  });

  it('P16: is sought at the model that an earlier attempt, which still runs, records while its event is waited for', async () => {
    const { model, clock, ask, report, ledger } = await world();
    await report('resp_other');
    loseTheAnswer(model);
    await expect(clock.run(ask(call))).rejects.toThrow('reset');
    const retrieve = vi.spyOn(model, 'retrieve');
    const written = { key: call.key, jobId: call.jobId, kind: 'model_call', state: 'intended' } as const;
    const data = { responseId: 'resp_1', basis: 'screen 1', repeats: 0, model: 'other' };
    void clock.sleep(3_000, call.signal).then(() => ledger.write({ ...written, attempt: 1, data }));
    expect(await clock.run(ask({ ...call, attempt: 2 }))).toMatchObject({ response: { id: 'resp_1', model: 'other' } });
    expect(retrieve).toHaveBeenNthCalledWith(1, 'resp_1', 'other', expect.anything());
    expect(await ledger.find(call.key)).toMatchObject({ attempt: 2, data: { model: 'other' } });
  });

  it('is not waited for when it was never sent', async () => {
    const { model, clock, ask, report } = await world();
    await report('resp_other');
    const create = model.create.bind(model);
    model.create = async () => {
      model.create = create;
      throw failure('provider_unavailable', 'connection refused');
    };
    await expect(clock.run(ask(call))).rejects.toThrow('refused');
    const began = clock.now();
    expect(await clock.run(ask(call))).toMatchObject({ response: { id: 'resp_1' } });
    expect(clock.now() - began).toBeLessThan(5_000);
  });
});
