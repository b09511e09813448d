/** What reaches the request to the provider when an activity must end, and what Temporal hears until then. */
import { describe, expect, it } from 'vitest';
import type { ModelResponse } from '../../../activities/ports.ts';
import { textResponse } from '../../support/llm/responses.ts';
import { scriptedModel, toolRun, type ToolRun } from '../../support/tools/tool-run.ts';

const prompt = { prompt: 'Why is the sky blue?' };

async function accepted(run: ToolRun): Promise<string> {
  return run.accept('chat', prompt);
}

describe('an attempt', () => {
  it.each(['turn', 'expert'] as const)(
    'sends heartbeats from its beginning (%s), before it asks the model',
    async (phase) => {
      const run = await toolRun(scriptedModel([]));
      const id = await run.accept('debug', { step: 1, total_steps: 1, task: 'find it', findings: 'memory grows' });
      const begin = run.store.toolRequests.begin.bind(run.store.toolRequests);
      Object.assign(run.store.toolRequests, {
        begin: async (...given: Parameters<typeof begin>) => {
          await expect.poll(() => run.beats.length, { interval: 5 }).toBeGreaterThan(0);
          return begin(...given);
        },
      });
      await run[phase](id);
      expect(run.beats[0]).toMatchObject({ requestId: id });
    },
  );
});

describe('the end of a worker', () => {
  it('P16: leaves a request that is under way until it has its id, by which the next attempt finds the answer', async () => {
    const begun = async (_request: unknown, signal?: AbortSignal): Promise<ModelResponse> => {
      run.shutDown();
      signal?.throwIfAborted();
      return { ...textResponse('response_1', ''), status: 'pending' };
    };
    const run = await toolRun(scriptedModel([begun]));
    const id = await accepted(run);
    await expect(run.turn(id)).rejects.toThrow('WORKER_SHUTDOWN');
    run.model.retrieve = async (found) => textResponse(found, 'because');
    await expect(run.turn(id, 2)).resolves.toEqual({ next: 'end', outcome: 'completed' });
    expect(run.model.asked).toHaveLength(1);
    expect(run.model.cancelled).toEqual([]);
  });

  it('P16: waits for an answer that its provider does not keep', async () => {
    const answered = async (_request: unknown, signal?: AbortSignal): Promise<ModelResponse> => {
      run.shutDown();
      signal?.throwIfAborted();
      return { ...textResponse('response_1', 'because'), isKept: false };
    };
    const run = await toolRun({ ...scriptedModel([answered]), keepsResponses: () => false });
    await expect(run.turn(await accepted(run))).resolves.toEqual({ next: 'end', outcome: 'completed' });
    expect((await run.store.toolRequests.find('tool_1'))?.answer).toBe('because');
  });
});

describe('the end of a request', () => {
  it('closes the connection to a provider that keeps no answer, before any limit', async () => {
    const silent = async (_request: unknown, signal?: AbortSignal): Promise<never> => {
      await run.store.toolRequests.end(id, { outcome: 'cancelled', cut: null }, new Date());
      setImmediate(() => run.forget());
      return new Promise((_, reject) => {
        signal?.addEventListener('abort', () => reject(signal.reason), { once: true });
      });
    };
    const run = await toolRun({ ...scriptedModel([silent]), keepsResponses: () => false });
    const id = await accepted(run);
    const begun = run.clock.now();
    await expect(run.turn(id)).rejects.toThrow('NOT_FOUND');
    expect(run.clock.now()).toBe(begun);
  });
});
