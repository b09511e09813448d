/** Records that today's schemas would refuse: of an older version, or with a figure that is none. Each is still read, and ends. */
import { sql } from 'kysely';
import { expect, onTestFinished, test } from 'vitest';
import { defaultTenant } from '../../../workflows/contract/names.ts';
import { defaultExperimentLimits } from '../../../workflows/contract/experiments/limits.ts';
import { acceptExperiment, endExperiment, endRound } from '../../support/experiments/invented-experiments.ts';
import { openDatabaseOf } from '../../support/stored-rows.ts';
import { openTemporary, temporaryPlace } from '../../support/temporary-store.ts';

async function storeWithDatabase() {
  const place = await temporaryPlace();
  const store = await openTemporary(place);
  const database = await openDatabaseOf(place);
  onTestFinished(() => database.destroy());
  return { store, database };
}

test('C13: an experiment with a spec and limits that are refused today is read as it was, and ends by its wanted quality', async () => {
  const { store, database } = await storeWithDatabase();
  await acceptExperiment(store, 'experiment_1');
  const video = {
    kind: 'generated',
    pattern: 'text',
    width: 1,
    height: 1,
    frames: 9000,
    framesPerSecond: 1e-9,
    seed: 1,
  };
  const spec = { video, code: 'pass', rounds: 1, psnrDb: 0.5, gpu: 'none', gone: true };
  await sql`update experiments set spec = ${JSON.stringify(spec)}, limits = '{"encodeSeconds":5}'`.execute(database);
  const view = await store.experimentViews.find('experiment_1');
  expect(view?.spec).toEqual({ video, code: 'pass', rounds: 1, psnrDb: 0.5, gpu: 'none' });
  expect(view?.limits).toEqual({ ...defaultExperimentLimits, encodeSeconds: 5 });
  await endRound(store, 'experiment_1', 1, { metrics: { psnrDb: 10, bitrateMbps: 9 } });
  await endRound(store, 'experiment_1', 2, { metrics: { psnrDb: 1, bitrateMbps: 1 } });
  await endExperiment(store, 'experiment_1');
  expect((await store.experimentViews.find('experiment_1'))?.best?.round).toBe(2);
});

test('C13: one record whose figures or failure cannot be read breaks neither its page nor the list', async () => {
  const { store, database } = await storeWithDatabase();
  const failure = { phase: 'encode', type: 'error', message: 'no', line: 1 } as const;
  await acceptExperiment(store, 'experiment_1');
  await endRound(store, 'experiment_1', 1, { metrics: { psnrDb: 31 } });
  await endExperiment(store, 'experiment_1');
  await acceptExperiment(store, 'experiment_2');
  await endExperiment(store, 'experiment_2', failure);
  await sql`update experiment_rounds set bitrate_mbps = 0`.execute(database);
  await sql`update experiments set failure = '{"phase":"of a later version"' where id = 'experiment_2'`.execute(
    database,
  );
  const { experiments } = await store.experimentViews.page({ limit: 10 });
  expect(experiments).toHaveLength(2);
  const [first, second] = await Promise.all(
    ['experiment_1', 'experiment_2'].map((id) => store.experimentViews.find(id)),
  );
  expect(first).toMatchObject({ best: { round: 1, metrics: null }, roundsMade: [{ metrics: null }] });
  expect(second?.failure?.message).toBe('the record of why it ended cannot be read');
});

test('the list, the end and the state of an experiment read no spec: its code may be long', async () => {
  const { store, database } = await storeWithDatabase();
  await acceptExperiment(store, 'experiment_1');
  await sql`update experiments set spec = 'not read'`.execute(database);
  expect((await store.experimentViews.page({ limit: 10 })).experiments).toHaveLength(1);
  expect(await store.experimentViews.pulses(['experiment_1'])).toHaveLength(1);
  const end = { experimentId: 'experiment_1', tenant: defaultTenant, failure: null };
  expect(await store.experiments.end(end, new Date())).toBe('failed');
});
