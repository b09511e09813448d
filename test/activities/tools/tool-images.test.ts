import { createHash } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { MockActivityEnvironment } from '@temporalio/testing';
import { describe, expect, it } from 'vitest';
import { createOpenAiModel } from '../../../activities/llm/openai-model.ts';
import { endpointsOf } from '../../../activities/llm/providers/endpoints.ts';
import { createProviders } from '../../../activities/llm/providers/provider-list.ts';
import { createRoutedModel } from '../../../activities/llm/providers/routing.ts';
import { createToolActivities } from '../../../activities/tools/run-tool.ts';
import type { Store } from '../../../store/store.ts';
import { start, textAnswer } from '../../demo/model-server/harness.ts';
import { images, pngOf } from '../../support/tools/images.ts';
import { scriptedModel, toolRun } from '../../support/tools/tool-run.ts';

/** The tools' activities over all providers, whose addresses are the model server's. */
async function withModelServer(store: Store) {
  const { server, brain } = await start(Array.from({ length: 4 }, () => textAnswer('I see.')));
  const prices = {};
  const openAiModel = createOpenAiModel({ apiKey: 'a-key', baseUrl: server.url, prices });
  const at = ['glm', 'kimi'].map((name) => ({ name, baseUrl: server.url }));
  const providers = createProviders({
    endpoints: endpointsOf(at, { ZAI_API_KEY: 'a-key', MOONSHOT_API_KEY: 'a-key' }),
    prices,
    openAi: { model: openAiModel, host: 'here', hasKey: true },
    onLimits: () => undefined,
  });
  const activities = createToolActivities({
    store,
    model: createRoutedModel(providers, openAiModel),
    now: () => Date.now(),
    sleep: (milliseconds, signal) => delay(milliseconds, undefined, { signal }),
    wasCancelled: () => false,
    defaultModel: 'gpt-5.4-mini',
    expertModel: 'gpt-5.4-mini',
    pricedModels: [],
    providers,
    toolChoices: {},
    locale: null,
  });
  const turn = (requestId: string): Promise<unknown> =>
    new MockActivityEnvironment().run(() => activities.runToolTurn({ requestId, tenant: 'default' }));
  return { server, brain, turn };
}

describe('T26: an image of a tool request', () => {
  it.each(['gpt-5.4-mini', 'kimi-k2.6'])('is seen by the model, also in later turns (%s)', async (model) => {
    const run = await toolRun(scriptedModel([]));
    const { brain, turn } = await withModelServer(run.store);
    const picture = pngOf(40, 30);
    const sha256 = createHash('sha256').update(picture).digest('hex');
    run.clock.time = Date.now();
    const one = await run.accept(
      'chat',
      { prompt: 'What is it?', model, use_web_search: false },
      { files: { 'a.png': picture } },
    );
    await expect(turn(one)).resolves.toMatchObject({ outcome: 'completed' });
    const { conversationId = '' } = (await run.store.toolRequests.find(one)) ?? {};
    const two = await run.accept('chat', {
      prompt: 'And now?',
      model,
      use_web_search: false,
      continuation_id: conversationId,
    });
    await expect(turn(two)).resolves.toMatchObject({ outcome: 'completed' });
    expect(brain.turns).toHaveLength(2);
    for (const { screenshot, texts } of brain.turns) {
      expect(screenshot).toMatchObject({ sha256, width: 40, height: 30 });
      expect(texts.join()).toContain('(image 1 of this message is a.png)');
    }
  });

  it('ends the request before its provider is asked, where the model is known to take no images', async () => {
    const run = await toolRun(scriptedModel([]));
    const { server, turn } = await withModelServer(run.store);
    const asked = { prompt: 'What is it?', model: 'glm-5.2' };
    run.clock.time = Date.now();
    const id = await run.accept('chat', asked, { files: { 'a.png': images.png } });
    await expect(turn(id)).resolves.toEqual({ next: 'end', outcome: 'failed' });
    expect((await run.store.toolRequests.find(id))?.cut).toMatchObject({
      type: 'step_definition',
      message: 'the model glm-5.2 of the provider glm takes no images: name one that does',
      advice: expect.stringContaining('change the model'),
    });
    expect(server.journal.entries).toEqual([]);
  });

  it.each(['no-such', 'glm/glm-99'])(
    'T22: of a model that nobody serves, the advice is to change it (%s)',
    async (model) => {
      const run = await toolRun(scriptedModel([]));
      const { server, turn } = await withModelServer(run.store);
      run.clock.time = Date.now();
      const id = await run.accept('chat', { prompt: 'What is it?', model });
      await expect(turn(id)).resolves.toEqual({ next: 'end', outcome: 'failed' });
      expect((await run.store.toolRequests.find(id))?.cut).toMatchObject({
        type: 'step_definition',
        advice: 'the call cannot succeed as it is: change the model or the input',
      });
      expect(server.journal.entries).toEqual([]);
    },
  );

  it('is sent to the expert of an investigation, and not to its turns', async () => {
    const run = await toolRun(scriptedModel(['look', 'that is it']));
    const step = { step: 1, total_steps: 1, task: 'find the leak', findings: 'memory grows' };
    const id = await run.accept('debug', step, { files: { 'a.png': images.png, 'b.ts': 'let it = be' } });
    await run.turn(id);
    await run.expert(id);
    expect(run.model.asked.map(({ input }) => input[0])).toMatchObject([
      { type: 'text' },
      { type: 'text', images: [`data:image/png;base64,${images.png.toString('base64')}`] },
    ]);
    expect(JSON.stringify(run.model.asked[0]?.input)).not.toContain('data:image');
  });

  it.each(['planner', 'docgen', 'tracer'])(
    'is sent, as are texts, to the turn of %s, which has no expert',
    async (name) => {
      const run = await toolRun(scriptedModel([]));
      const step = { step: 1, total_steps: 1, task: 'look', findings: 'nothing yet' };
      await run.turn(await run.accept(name, step, { files: { 'a.png': images.png, 'b.ts': 'let it = be' } }));
      expect(run.model.asked[0]?.input[0]).toMatchObject({
        text: expect.stringContaining('=== file b.ts ==='),
        images: [expect.stringContaining('data:image/png;base64,')],
      });
    },
  );

  it('is left out where 20 newer ones are there, and the prompt names it', async () => {
    const run = await toolRun(scriptedModel([]));
    const files = Object.fromEntries(
      Array.from({ length: 21 }, (_, index) => [`${String(index).padStart(2, '0')}.png`, pngOf(2, 2, index)]),
    );
    await run.turn(await run.accept('chat', { prompt: 'Look' }, { files }));
    const [asked] = run.model.asked[0]?.input ?? [];
    expect(asked).toMatchObject({
      text: expect.stringContaining('(the image 00.png is left out: newer images have taken the room)'),
    });
    expect(asked?.type === 'text' ? asked.images : []).toHaveLength(20);
  });
});
