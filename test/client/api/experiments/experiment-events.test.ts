import { expect, test } from 'vitest';
import { ExperimentViewSchema } from '../../../../workflows/contract/experiments/view.ts';
import { testApi } from '../harness.ts';

test('C01: the events tell each change of an experiment until its end, and begin with how it is', async () => {
  const { store, post, ask } = await testApi();
  const body = { video: { kind: 'generated' }, code: 'def encode(frames, info): ...' };
  const { id } = ExperimentViewSchema.parse(await (await post('/v1/experiments', body)).json());
  const response = await ask(`/v1/experiments/${id}/events`);
  const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
  const next = async (): Promise<string> => (await reader?.read())?.value ?? '';
  expect(await next()).toMatch(/"state":"created"/);
  await store.experiments.begin(id, { phase: 'encode', round: 1 }, new Date());
  expect(await next()).toMatch(/"state":"processing","phase":"encode","round":1/);
  const progress = { at: '2026-11-30T12:00:00.000Z', phaseSeconds: 2, memoryBytes: 5, processorSeconds: 1.9 };
  await store.experiments.progress(id, { phase: 'encode', round: 1 }, progress);
  expect(await next()).toMatch(/"phaseSeconds":2/);
  await store.experiments.end({ experimentId: id, tenant: store.tenant, failure: null }, new Date());
  expect(await next()).toMatch(/"state":"failed"/);
  expect(await next()).toMatch(/event: end/);
  expect(await next()).toBe('');
  const ended = await (await ask(`/v1/experiments/${id}/events`)).text();
  expect(ended.match(/"state":"\w+"|event: end/g)).toEqual(['"state":"failed"', 'event: end']);
  expect((await ask('/v1/experiments/experiment_none/events')).status).toBe(404);
  const head = await ask(`/v1/experiments/${id}/events`, { method: 'HEAD' });
  expect([head.status, await head.text()]).toEqual([200, '']);
});
