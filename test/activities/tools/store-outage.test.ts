/** A store that is away in the middle of a request: no attempt at the provider is lost by it, and no call is paid twice. */
import { describe, expect, it } from 'vitest';
import { failure } from '../../../activities/failure.ts';
import type { BegunResponse, ModelResponse } from '../../../activities/ports.ts';
import { textResponse } from '../../support/llm/responses.ts';
import { scriptedModel, toolRun } from '../../support/tools/tool-run.ts';

const prompt = { prompt: 'Why is the sky blue?' };
const away = Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' });
const down = async (): Promise<never> => {
  throw failure('provider_unavailable', 'the model provider answered 503');
};

/** Has one function of a part of the store fail so often. */
function failing<Part extends object>(part: Part, name: keyof Part & string, times: number): void {
  const real: unknown = part[name];
  if (typeof real !== 'function') throw new Error(`${name} is no function`);
  let left = times;
  Object.assign(part, {
    [name]: async (...given: unknown[]): Promise<unknown> => {
      left -= 1;
      if (left >= 0) throw away;
      return real.apply(part, given);
    },
  });
}

describe('an attempt that the store has failed', () => {
  it('is a failure of its own type, and counts as no attempt at the provider', async () => {
    const run = await toolRun(scriptedModel([down, 'it scatters']));
    const id = await run.accept('chat', prompt);
    failing(run.store.toolRequests, 'begin', 4);
    for (const attempt of [1, 2, 3, 4]) {
      await expect(run.turn(id, attempt)).rejects.toMatchObject({ type: 'store', nonRetryable: false });
    }
    await expect(run.turn(id, 5)).rejects.toMatchObject({ type: 'provider_unavailable', nextRetryDelay: 500 });
    await expect(run.turn(id, 6)).resolves.toEqual({ next: 'end', outcome: 'completed' });
  });

  it('does not pay again for an answer that could not be recorded', async () => {
    const run = await toolRun(scriptedModel(['it scatters']));
    run.model.retrieve = async (found) => textResponse(found, 'it scatters');
    const id = await run.accept('chat', prompt);
    failing(run.store.ledger, 'settle', 1);
    failing(run.store.toolRequests, 'answered', 1);
    await expect(run.turn(id, 1)).rejects.toMatchObject({ type: 'store' });
    await expect(run.turn(id, 2)).rejects.toMatchObject({ type: 'store' });
    await expect(run.turn(id, 3)).resolves.toEqual({ next: 'end', outcome: 'completed' });
    expect(run.model.asked).toHaveLength(1);
  });
});

describe('a failure of the provider', () => {
  it('counts as an attempt, with its own delay, although it has the words and the cause of a broken connection', async () => {
    const cause = Object.assign(new Error('read ECONNRESET'), { code: 'ECONNRESET' });
    const broken = async (): Promise<never> => {
      const options = { cause, retryAfterMilliseconds: 3_000 };
      throw failure('provider_unavailable', 'the model provider answered 502: connection terminated', options);
    };
    const run = await toolRun(scriptedModel([broken, down]));
    const id = await run.accept('chat', prompt);
    await expect(run.turn(id, 1)).rejects.toMatchObject({ type: 'provider_unavailable', nextRetryDelay: 3_000 });
    await expect(run.turn(id, 2)).rejects.toMatchObject({ type: 'provider_unavailable', nextRetryDelay: 1_000 });
  });
});

describe('progress', () => {
  it('that the store does not take ends no attempt', async () => {
    const stream = {
      ended: new Promise<ModelResponse>((resolve) => {
        setTimeout(() => resolve(textResponse('response_1', 'it scatters')), 20);
      }),
      received: () => ({ characters: 4_000, newestAt: run.clock.now() }),
      close: () => undefined,
    };
    const streamed = async (): Promise<BegunResponse> => ({
      ...textResponse('response_1', ''),
      status: 'pending',
      stream,
    });
    const run = await toolRun(scriptedModel([streamed]));
    run.model.retrieve = async (found) => textResponse(found, 'it scatters');
    const id = await run.accept('chat', prompt);
    failing(run.store.toolRequests, 'progress', 100);
    await expect(run.turn(id)).resolves.toEqual({ next: 'end', outcome: 'completed' });
  });
});
