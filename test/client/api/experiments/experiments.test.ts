import { expect, test } from 'vitest';
import { createLostExperiments } from '../../../../client/api/experiments/lost-experiments.ts';
import { startExperiments } from '../../../../client/api/outbox.ts';
import { ExperimentViewSchema, type ExperimentView } from '../../../../workflows/contract/experiments/view.ts';
import { acceptExperiment } from '../../../support/experiments/invented-experiments.ts';
import { problemOf, testApi, type Api } from '../harness.ts';

const codec = { video: { kind: 'generated' }, code: 'def encode(frames, info): ...' };

async function viewOf(response: Response): Promise<ExperimentView> {
  expect(response.status).toBeOneOf([200, 202]);
  return ExperimentViewSchema.parse(await response.json());
}

async function submitted(api: Api, body: object = codec): Promise<ExperimentView> {
  return viewOf(await api.post('/v1/experiments', body));
}

const outboxOf = ({ store, experiments, dependencies: { log } }: Api) => ({
  stores: store.stores,
  experiments,
  log,
});

test('C01: an experiment is submitted, read and listed; its workflow is started', async () => {
  const api = await testApi();
  const response = await api.post('/v1/experiments', { ...codec, name: 'first', limits: { encodeSeconds: 5 } });
  expect(response.status).toBe(202);
  const view = await viewOf(response);
  expect(response.headers.get('location')).toBe(`/v1/experiments/${view.id}`);
  expect(view).toMatchObject({ state: 'created', name: 'first', rounds: 1, waitingBefore: 0 });
  expect(view.spec.video).toMatchObject({ pattern: 'gradients', width: 160, height: 90, frames: 24 });
  expect(api.experiments.started).toMatchObject([{ id: view.id, limits: { encodeSeconds: 5, decodeSeconds: 60 } }]);
  expect(await viewOf(await api.ask(`/v1/experiments/${view.id}`))).toEqual(view);
  expect((await api.ask('/v1/experiments/experiment_none')).status).toBe(404);
});

test('C01: the list is filtered by state, and goes on from a cursor', async () => {
  const api = await testApi();
  const ids: string[] = [];
  for (let number = 0; number < 3; number += 1) {
    ids.unshift((await submitted(api)).id);
    api.pass(10);
  }
  await api.post(`/v1/experiments/${ids[0]}/cancel`, {});
  const list = async (query: string): Promise<unknown> => (await api.ask(`/v1/experiments?${query}`)).json();
  expect(await list('state=cancelled')).toMatchObject({ experiments: [{ id: ids[0] }], next: null });
  expect(await list('limit=2')).toMatchObject({ experiments: [{ id: ids[0] }, { id: ids[1] }], next: ids[1] });
  expect(await list(`limit=2&before=${ids[1]}`)).toMatchObject({ experiments: [{ id: ids[2] }], next: null });
});

test('C02: the same Idempotency-Key is the same experiment; with another body it is refused', async () => {
  const api = await testApi();
  const key = { 'idempotency-key': 'mine' };
  const first = await viewOf(await api.post('/v1/experiments', codec, key));
  const again = await viewOf(await api.post('/v1/experiments', codec, key));
  expect(again.id).toBe(first.id);
  const other = await api.post('/v1/experiments', { ...codec, name: 'other' }, key);
  expect([other.status, (await problemOf(other)).type]).toEqual([409, '/problems/conflict']);
  expect(api.experiments.started).toHaveLength(1);
});

test('C16: an experiment that Temporal does not get is kept, and started later', async () => {
  const api = await testApi();
  api.experiments.reachable = false;
  const { id } = await submitted(api);
  await startExperiments(outboxOf(api), new Date(Date.now() + 20_000));
  expect(api.experiments.started).toEqual([]);
  api.experiments.reachable = true;
  await startExperiments(outboxOf(api), new Date());
  expect(api.experiments.started).toEqual([]);
  await startExperiments(outboxOf(api), new Date(Date.now() + 20_000));
  await startExperiments(outboxOf(api), new Date(Date.now() + 20_000));
  expect(api.experiments.started).toMatchObject([{ id, spec: codec }]);
});

test('C17: however many wait, the next one is accepted, and told how many are before it', async () => {
  const api = await testApi();
  for (let number = 0; number < 3; number += 1) {
    expect((await submitted(api)).waitingBefore).toBe(number);
    api.pass(10);
  }
  await acceptExperiment(api.store.stores.forTenant('other'), 'of_another', {}, new Date(0));
  expect((await submitted(api)).waitingBefore, 'all tenants wait for the same workers').toBe(4);
});

test('C16: one that no worker has begun is cancelled in the store at once, and started by nobody', async () => {
  const api = await testApi();
  api.experiments.reachable = false;
  const { id } = await submitted(api);
  const cancelled = await viewOf(await api.post(`/v1/experiments/${id}/cancel`, {}));
  expect(cancelled).toMatchObject({ state: 'cancelled', failure: { type: 'cancelled' } });
  api.experiments.reachable = true;
  await startExperiments(outboxOf(api), new Date(Date.now() + 20_000));
  expect(api.experiments.started).toEqual([]);
  expect(await viewOf(await api.post(`/v1/experiments/${id}/cancel`, {}))).toEqual(cancelled);
});

test('one under way is cancelled at Temporal; without Temporal the answer says so', async () => {
  const api = await testApi();
  const { id } = await submitted(api);
  await api.store.experiments.begin(id, { phase: 'dispatch', round: 0 }, new Date());
  api.experiments.reachable = false;
  expect((await api.post(`/v1/experiments/${id}/cancel`, {})).status).toBe(503);
  api.experiments.reachable = true;
  expect(await viewOf(await api.post(`/v1/experiments/${id}/cancel`, {}))).toMatchObject({ state: 'processing' });
  expect(api.experiments.cancelled).toEqual([id]);
});

test('C12: one under way that Temporal has lost is ended by its cancellation', async () => {
  const api = await testApi();
  const { id } = await submitted(api);
  await api.store.experiments.begin(id, { phase: 'dispatch', round: 0 }, new Date());
  api.experiments.started.length = 0;
  expect(await viewOf(await api.post(`/v1/experiments/${id}/cancel`, {}))).toMatchObject({ state: 'cancelled' });
});

test('C12: one that Temporal does not run any more is ended with the reason; others go on', async () => {
  const api = await testApi();
  const [kept, lost] = [await submitted(api), await submitted(api)];
  await api.store.experiments.begin(lost.id, { phase: 'encode', round: 1 }, new Date());
  api.experiments.started.pop();
  const lostOnes = createLostExperiments(api.store.stores, api.experiments, api.dependencies.log);
  const read = async ({ id }: ExperimentView) => viewOf(await api.ask(`/v1/experiments/${id}`));
  await lostOnes.end(new Date());
  expect(await read(lost), 'one this young is being started').toMatchObject({ state: 'processing' });
  api.experiments.reachable = false;
  await expect(lostOnes.end(new Date(Date.now() + 120_000))).rejects.toThrow('does not answer');
  expect(await read(lost)).toMatchObject({ state: 'processing' });
  api.experiments.reachable = true;
  await lostOnes.end(new Date(Date.now() + 120_000));
  expect(await read(lost)).toMatchObject({ state: 'failed', failure: { phase: 'encode', type: 'installation' } });
  expect(await read(kept)).toMatchObject({ state: 'created' });
});

test('an experiment is run again as a new one', async () => {
  const api = await testApi();
  const first = await submitted(api);
  const second = await viewOf(await api.post(`/v1/experiments/${first.id}/rerun`, {}));
  expect(second.id).not.toBe(first.id);
  expect(second.spec).toEqual(first.spec);
  expect(api.experiments.started).toHaveLength(2);
});

test.each([
  ['neither code nor goal', { video: codec.video }, 'code'],
  ['a goal for code that no round improves', { ...codec, goal: 'smaller' }, 'rounds'],
  [
    'frames that hardly follow each other',
    { ...codec, video: { kind: 'generated', framesPerSecond: 1e-320 } },
    'video.framesPerSecond',
  ],
  ['several rounds without a goal', { ...codec, rounds: 2 }, 'rounds'],
  ['a field that is not known', { ...codec, extra: 1 }, ''],
  ['limits that contradict each other', { ...codec, limits: { totalSeconds: 1 } }, 'limits'],
])('%s is refused with its field', async (_, body, path) => {
  const api = await testApi();
  const response = await api.post('/v1/experiments', body);
  expect([response.status, (await problemOf(response)).problems.map((one) => one.path)]).toEqual([400, [path]]);
  expect(api.experiments.started).toEqual([]);
});
