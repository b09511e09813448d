/** A streamed answer that its provider does not keep has the limits and the progress of one that is kept. */
import { describe, expect, it } from 'vitest';
import { failure } from '../../../activities/failure.ts';
import { AnswerSilent } from '../../../activities/llm/openai-errors.ts';
import type { ModelRequest, ModelResponse } from '../../../activities/ports.ts';
import { textResponse } from '../../support/llm/responses.ts';
import { scriptedModel, toolRun, type ToolRun } from '../../support/tools/tool-run.ts';

const prompt = { prompt: 'Why is the sky blue?' };

async function unkeptRun(answer: (request: ModelRequest, run: ToolRun) => Promise<ModelResponse>): Promise<ToolRun> {
  const model = { ...scriptedModel([(request) => answer(request, run)]), keepsResponses: () => false };
  const run = await toolRun(model);
  return run;
}

describe('an answer of chat completions', () => {
  it('T10: has the limits of streams, not that of an answer in one piece', async () => {
    const run = await unkeptRun(async () => textResponse('c1', 'fine'));
    const choices = { toolSeconds: 450, providerSeconds: 30, streamSeconds: 300, streamSilenceSeconds: 60 };
    await run.turn(await run.accept('chat', prompt, { choices }));
    expect(run.model.asked[0]).toMatchObject({
      timeoutMilliseconds: 30_000,
      streamLimits: { wholeMilliseconds: 300_000, silenceMilliseconds: 60_000 },
    });
  });

  it('T10: may take as long as a stream may once it has begun', async () => {
    const run = await unkeptRun(async ({ onReceived }, { clock }) => {
      onReceived?.({ characters: 1, newestAt: clock.now() });
      await clock.sleep(100_000, new AbortController().signal);
      return textResponse('c1', 'fine');
    });
    const choices = { toolSeconds: 450, providerSeconds: 30, streamSeconds: 300 };
    const id = await run.accept('chat', prompt, { choices });
    await expect(run.turn(id)).resolves.toEqual({ next: 'end', outcome: 'completed' });
  });

  it('T10, T22: that stops in the middle is cut off by the limit of silence, and says so', async () => {
    const run = await unkeptRun(async (_request, { clock }) => {
      await clock.sleep(10_000, new AbortController().signal);
      const cause = new AnswerSilent('the model provider sent nothing for 10 s');
      throw failure('provider_unavailable', cause.message, { perhapsPaid: true, cause });
    });
    const id = await run.accept('chat', prompt, { begunSecondsAgo: 10, choices: { streamSilenceSeconds: 10 } });
    await expect(run.turn(id)).resolves.toEqual({ next: 'end', outcome: 'timed_out' });
    expect((await run.store.toolRequests.find(id))?.cut).toMatchObject({
      layer: 'provider',
      type: 'time_limit',
      seconds: 20,
      message: expect.stringContaining(
        'sent nothing more; the call was cut off after 20 s: the limit of silence is 10 s',
      ),
    });
  });

  it('T20: reports the tokens that have arrived so far', async () => {
    const told: number[] = [];
    const run = await unkeptRun(async ({ onReceived }, { clock, store }) => {
      for (const characters of [400, 800]) {
        await clock.sleep(3_000, new AbortController().signal);
        onReceived?.({ characters, newestAt: clock.now() });
        await expect.poll(async () => (await store.toolRequests.findHead('tool_1'))?.tokens).toBe(characters / 4);
        told.push(characters / 4);
      }
      return textResponse('c1', 'fine');
    });
    await run.turn(await run.accept('chat', prompt));
    expect(told).toEqual([100, 200]);
  });
});
