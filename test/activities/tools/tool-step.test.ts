/** The two ends of a tool step, against a real store. */
import { describe, expect, it } from 'vitest';
import { createToolStep } from '../../../activities/tools/tool-step.ts';
import type { StepActivityInput, StepActivityResult, StepTool } from '../../../workflows/contract/jobs/job.ts';
import type { JsonObject } from '../../../workflows/contract/json/json.ts';
import { images } from '../../support/tools/images.ts';
import { activityPlace, stepInput, storeWithJob } from '../../support/jobs/activity-inputs.ts';

async function world(input: JsonObject, form: StepActivityInput['form'] = {}) {
  const { store, definition } = await storeWithJob({ steps: [{ id: 'ask', kind: 'tool', tool: 'chat', input }] });
  const step = createToolStep({ store, toolChoices: {}, conversationHours: 2, now: () => Date.now() });
  const given = stepInput(definition, { form });
  return {
    store,
    prepare: (): Promise<StepTool> =>
      activityPlace().run((asked: StepActivityInput) => step.prepareToolStep(asked), given),
    collect: (): Promise<StepActivityResult> =>
      activityPlace().run((asked: StepActivityInput) => step.collectToolStep(asked), {
        ...given,
        sequence: 2,
        follows: true,
      }),
  };
}

describe('T26: a tool step', () => {
  it('accepts its request once, with its templates filled and its files kept', async () => {
    const files = [{ name: 'a.ts', content: 'of {{form.email}}' }];
    const { store, prepare } = await world({ prompt: 'Ask {{form.email}}', files }, { email: 'ada@example.com' });
    const { requestId, limits } = await prepare();
    expect(await prepare()).toEqual({ requestId, limits });
    expect(limits).toMatchObject({ toolSeconds: 45, requestSeconds: 67.5 });
    const row = await store.toolRequests.find(requestId);
    expect(row).toMatchObject({ tool: 'chat', turn: 1, input: { prompt: 'Ask ada@example.com' } });
    if (row === null) throw new Error('the request is not there');
    expect(await store.toolFiles.ofConversation(row)).toMatchObject([{ name: 'a.ts', bytes: 18 }]);
  });

  it('T25: begins a conversation that can be continued for as long as the setting says', async () => {
    const { store, prepare } = await world({ prompt: 'Ask' });
    const { requestId } = await prepare();
    await store.toolRequests.end(requestId, { outcome: 'completed', cut: null }, new Date());
    const hours = (from: number): Date => new Date(Date.now() + from * 3_600_000);
    expect(await store.acrossTenants.tools.removeExpired(hours(1.9))).toBe(0);
    expect(await store.acrossTenants.tools.removeExpired(hours(2.1))).toBe(1);
  });

  it('takes an image in base64, and refuses what is neither text nor an image', async () => {
    const file = { name: 'a.png', content: images.png.toString('base64'), encoding: 'base64' };
    const { store, prepare } = await world({ prompt: 'Look', files: [file] });
    const row = await store.toolRequests.find((await prepare()).requestId);
    if (row === null) throw new Error('the request is not there');
    expect(await store.toolFiles.ofConversation(row)).toMatchObject([{ name: 'a.png', imageType: 'image/png' }]);
    const other = await world({ prompt: 'Look', files: [{ ...file, content: 'AAAA' }] });
    await expect(other.prepare()).rejects.toMatchObject({
      type: 'step_definition',
      message: expect.stringContaining('the file a.png is binary'),
    });
  });

  it('T19: refuses what its templates made of the input before anything is asked', async () => {
    const { store, prepare } = await world({ prompt: 'Ask', use_web_search: '{{form.email}}' }, { email: 'maybe' });
    await expect(prepare()).rejects.toMatchObject({
      type: 'step_definition',
      nonRetryable: true,
      message: expect.stringContaining('use_web_search'),
    });
    expect(await store.toolRequests.counts()).toEqual({ queued: 0, running: 0, ended: 0 });
  });

  it('T22: ends with the reason of a cut-off, and keeps what was answered before it', async () => {
    const { store, prepare, collect } = await world({ prompt: 'Ask' });
    const { requestId } = await prepare();
    await store.toolRequests.begin(requestId, 'turn', new Date());
    await store.toolRequests.answered(requestId, 'a part');
    const cut = {
      layer: 'tool',
      type: 'time_limit',
      seconds: 45,
      message: 'the tool was cut off',
      advice: 'ask for less',
    } as const;
    await store.toolRequests.end(requestId, { outcome: 'partial', cut }, new Date());
    expect(await collect()).toMatchObject({
      state: 'timed_out',
      reason: { type: 'time_limit', message: 'tool, after 45 s: the tool was cut off; ask for less' },
      output: { value: { text: 'a part', outcome: 'partial' } },
    });
  });

  it('ends a request that was stopped before it began', async () => {
    const { store, prepare, collect } = await world({ prompt: 'Ask' });
    const { requestId } = await prepare();
    expect(await collect()).toMatchObject({ state: 'failed', reason: { type: 'cancelled' } });
    expect(await store.toolRequests.find(requestId)).toMatchObject({ state: 'ended', outcome: 'cancelled' });
  });
});
