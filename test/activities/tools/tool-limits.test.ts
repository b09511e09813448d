/** Every layer of a tool request's limits, with a clock that skips the waiting. */
import { describe, expect, it } from 'vitest';
import { failure } from '../../../activities/failure.ts';
import type { ModelResponse } from '../../../activities/ports.ts';
import { textResponse } from '../../support/llm/responses.ts';
import { scriptedModel, toolRun } from '../../support/tools/tool-run.ts';

const prompt = { prompt: 'Why is the sky blue?' };
const lastStep = { step: 1, total_steps: 1, task: 'find the leak', findings: 'memory grows by 1 MB a request' };
const down = async (): Promise<never> => {
  throw failure('provider_unavailable', 'the model provider answered 503');
};

describe('the limit of the provider', () => {
  it('T03, T22: cuts a call off after 30 s and stops it at the provider, when no other attempt fits', async () => {
    const run = await toolRun(scriptedModel(['pending']));
    const id = await run.accept('chat', prompt);
    const begun = run.clock.now();
    await expect(run.turn(id)).resolves.toEqual({ next: 'end', outcome: 'timed_out' });
    expect(run.clock.now() - begun).toBe(30_000);
    expect(run.model.cancelled).toEqual(['response_1']);
    const { cut } = (await run.store.toolRequests.find(id)) ?? {};
    expect(cut).toMatchObject({ layer: 'provider', type: 'time_limit', seconds: 30 });
    expect(cut?.message).toBe(
      'the model did not answer in time; the call was cut off after 30 s: the limit of this layer is 30 s; ' +
        'it was tried once, and no other attempt of 30 s fits into the 45 s of the tool',
    );
    expect(cut?.advice).toBe(
      'ask again later or name a faster model; for a retry, the operator sets LODESTONE_TOOL_SECONDS to 64 or more and ' +
        'keeps LODESTONE_TOOL_PROVIDER_SECONDS=30, or LODESTONE_TOOL_PROVIDER_SECONDS to 20 or less',
    );
  });

  it.each([
    ['longer tool', { toolSeconds: 64, providerSeconds: 30 }],
    ['shorter attempt', { providerSeconds: 20 }],
  ])('T04, T22: is tried again after a time-out with the limits that the advice names (a %s)', async (_, choices) => {
    const run = await toolRun(scriptedModel(['pending', 'blue light scatters']));
    const id = await run.accept('chat', prompt, { choices });
    await expect(run.turn(id, 1)).rejects.toMatchObject({ type: 'provider_unavailable', nextRetryDelay: 500 });
    expect(run.model.cancelled).toEqual(['response_1']);
    await expect(run.turn(id, 2)).resolves.toEqual({ next: 'end', outcome: 'completed' });
  });

  it('T02: reaches the socket of a provider that does not answer at all', async () => {
    const silent = (_request: unknown, signal?: AbortSignal): Promise<never> =>
      new Promise((_, reject) => {
        signal?.addEventListener('abort', () => reject(signal.reason), { once: true });
      });
    const run = await toolRun(scriptedModel([silent]));
    const id = await run.accept('chat', prompt);
    await expect(run.turn(id)).resolves.toMatchObject({ outcome: 'timed_out' });
    expect(run.model.asked[0]?.timeoutMilliseconds).toBe(30_000);
    expect((await run.store.toolRequests.find(id))?.cut).toMatchObject({ layer: 'provider', seconds: 31.5 });
  });

  it('T04, T21: is tried again while a whole attempt still fits into the tool’s time', async () => {
    const run = await toolRun(scriptedModel([down, down, 'blue light scatters']));
    const id = await run.accept('chat', prompt);
    await expect(run.turn(id, 1)).rejects.toMatchObject({ type: 'provider_unavailable', nextRetryDelay: 500 });
    await expect(run.turn(id, 2)).rejects.toMatchObject({ type: 'provider_unavailable', nextRetryDelay: 1000 });
    await expect(run.turn(id, 3)).resolves.toEqual({ next: 'end', outcome: 'completed' });
  });

  it('T24: fails fast when no other attempt fits, or none is left', async () => {
    const run = await toolRun(scriptedModel([down, down]));
    const late = await run.accept('chat', prompt, { begunSecondsAgo: 15 });
    await expect(run.turn(late, 1)).resolves.toEqual({ next: 'end', outcome: 'failed' });
    expect((await run.store.toolRequests.find(late))?.cut).toMatchObject({
      layer: 'tool',
      type: 'provider_unavailable',
      message: 'the model provider answered 503; it was tried once, and no other attempt fits into the time',
    });
    const fourth = await run.accept('chat', prompt);
    await expect(run.turn(fourth, 4)).resolves.toEqual({ next: 'end', outcome: 'failed' });
  });

  it('T04: is not asked a fifth time after workers have died; a response that was begun is still fetched', async () => {
    const run = await toolRun(scriptedModel(['never made']));
    const id = await run.accept('chat', prompt);
    await expect(run.turn(id, 5)).resolves.toEqual({ next: 'end', outcome: 'failed' });
    expect((await run.store.toolRequests.find(id))?.cut).toMatchObject({
      layer: 'tool',
      type: 'provider_unavailable',
      message: 'no worker got an answer within its attempt; it was tried 4 times',
    });
    const begun = await run.accept('chat', prompt);
    const data = { responseId: 'response_1', basis: '', repeats: 0 };
    const intent = {
      key: `${begun}/tool`,
      jobId: begun,
      kind: 'model_call',
      state: 'intended',
      data,
      attempt: 4,
    } as const;
    await run.store.ledger.write(intent);
    run.model.retrieve = async (found) => textResponse(found, 'it scatters');
    await expect(run.turn(begun, 5)).resolves.toEqual({ next: 'end', outcome: 'completed' });
    expect(run.model.asked).toEqual([]);
  });

  it('does not wait for a provider that asks for more time than there is', async () => {
    const limited = async (): Promise<never> => {
      throw failure('provider_rate_limit', 'too many requests', { retryAfterMilliseconds: 60_000 });
    };
    const run = await toolRun(scriptedModel([limited]));
    const id = await run.accept('chat', prompt);
    await expect(run.turn(id)).resolves.toEqual({ next: 'end', outcome: 'failed' });
    expect((await run.store.toolRequests.find(id))?.cut).toMatchObject({ type: 'provider_rate_limit', seconds: 0 });
  });
});

describe('the limit of the tool', () => {
  it('T05: ends the turn within 45 s, whatever its attempts', async () => {
    const run = await toolRun(scriptedModel(['pending']));
    const id = await run.accept('chat', prompt, { begunSecondsAgo: 20 });
    await expect(run.turn(id, 2)).resolves.toEqual({ next: 'end', outcome: 'timed_out' });
    expect((await run.store.toolRequests.find(id))?.cut).toMatchObject({ layer: 'tool', seconds: 43.5 });
    expect(run.model.cancelled).toEqual(['response_1']);
  });

  it('T09: is another with LODESTONE_TOOL_SECONDS, and none with 0', async () => {
    const run = await toolRun(scriptedModel(['pending', 'pending', 'pending']));
    const slow = await run.accept('chat', prompt, { choices: { toolSeconds: 600 } });
    await run.turn(slow);
    expect((await run.store.toolRequests.find(slow))?.cut).toMatchObject({ layer: 'provider', seconds: 400 });
    const endless = await run.accept('chat', prompt, { choices: { toolSeconds: 0 } });
    await expect(run.turn(endless)).rejects.toMatchObject({ type: 'provider_unavailable' });
    await run.turn(endless, 4);
    expect((await run.store.toolRequests.find(endless))?.cut?.message).toContain(
      ': where no limit is set, an attempt ends after 840 s',
    );
  });
});

describe('the limit of the expert call', () => {
  it('T06: ends it within 60 s of the tool’s beginning, and keeps the tool’s findings', async () => {
    const run = await toolRun(scriptedModel(['check the cache', 'pending']));
    const id = await run.accept('debug', lastStep, { begunSecondsAgo: 35 });
    await expect(run.turn(id)).resolves.toEqual({ next: 'expert' });
    await expect(run.expert(id)).resolves.toEqual({ outcome: 'partial' });
    const view = await run.store.toolViews.find(id, new Date(run.clock.now()));
    expect(view).toMatchObject({
      outcome: 'partial',
      cut: { layer: 'expert', seconds: 58.5 },
      result: { answer: 'check the cache', expert: null, record: { findings: [lastStep.findings] } },
    });
    expect(run.model.cancelled).toEqual(['response_2']);
  });
});

describe('the limit of the request', () => {
  it('T07: comes first for a request that waited long for its worker', async () => {
    const run = await toolRun(scriptedModel(['pending']));
    const id = await run.accept('debug', lastStep);
    run.clock.time += 25_000;
    await run.store.toolRequests.begin(id, 'turn', new Date(run.clock.now()));
    run.clock.time += 20_000;
    await expect(run.turn(id)).resolves.toEqual({ next: 'end', outcome: 'timed_out' });
    expect((await run.store.toolRequests.find(id))?.cut).toMatchObject({ layer: 'request', seconds: 63.5 });
  });
});

describe('a call whose activity is not known any more', () => {
  it.each([
    ['is stopped at the provider when the request has ended', true],
    ['goes on at the provider when another attempt has taken over', false],
  ])('%s', async (_, hasEnded) => {
    const begun = async (): Promise<ModelResponse> => {
      if (hasEnded) await run.store.toolRequests.end(id, { outcome: 'cancelled', cut: null }, new Date());
      setImmediate(() => run.forget());
      return { ...textResponse('response_1', ''), status: 'pending' };
    };
    const run = await toolRun(scriptedModel([begun]));
    const id = await run.accept('chat', prompt);
    await expect(run.turn(id)).rejects.toThrow('NOT_FOUND');
    expect(run.model.cancelled).toEqual(hasEnded ? ['response_1'] : []);
  });
});
