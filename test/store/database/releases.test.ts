/** A database that another release has made: an earlier one's is taken over, a later one's is refused. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { sql } from 'kysely';
import { expect, it } from 'vitest';
import { openStores, type StorePlace } from '../../../store/store.ts';
import { SettingsProblem } from '../../../workflows/contract/settings.ts';
import { openDatabaseOf } from '../../support/stored-rows.ts';
import { openTemporary, temporaryPlace } from '../../support/temporary-store.ts';
import { earlierPlace } from './earlier-release.ts';

it('a database of the release before numbered migrations is read by the store as it was, also when several open it at once', async () => {
  const place = await earlierPlace();
  const [store] = await Promise.all([openTemporary(place), openTemporary(place), openTemporary(place)]);
  const jobs = await store.jobViews.list({ limit: 100 });
  const views = await Promise.all(jobs.map(({ id }) => store.jobViews.find(id)));
  const ends = views.map((job) => job?.outcome ?? String(job?.state));
  expect(ends.toSorted()).toEqual(['accepted', 'cancelled', 'completed', 'completed', 'failed', 'running']);
  const demo = jobs.find(({ leadMagnet }) => leadMagnet.slug === 'website-audit')?.id ?? '';
  const turns = await store.computerTurns.newest({ jobId: demo, stepId: 'look', generation: 1 }, 100);
  expect(turns.map(({ iteration }) => iteration)).toEqual(Array.from({ length: 19 }, (_, index) => index + 1));
  expect(turns[0]).toMatchObject({ recoveryLevel: 'fresh', text: 'Looking again: I was sent no screenshot.' });
  expect((await store.events.after(demo, 0, 1000)).at(-1)?.type).toBe('job.ended');
  expect(await store.approvals.open(10)).toMatchObject([{ jobId: 'job_waiting', approval: { requestId: 'r2' } }]);
  const { deliveries } = await store.deliveryViews.list({ limit: 100 });
  expect(deliveries.filter(({ state }) => state === 'delivered')).toHaveLength(2);
  expect(await store.acrossTenants.redeliveriesNotHandedOver(10)).toMatchObject([
    { jobId: 'job_undelivered', number: 1 },
  ]);
  const batches = await store.batches.list({ limit: 10 });
  expect(new Map(batches.map(({ id, state }) => [id, state]))).toEqual(
    new Map([
      ['batch_running', 'running'],
      ['batch_economy', 'running'],
      ['batch_queued', 'queued'],
      ['batch_cancelled', 'ended'],
    ]),
  );
  const items = await store.batchItems.page('batch_running', { after: null, limit: 10 });
  expect(items.map(({ status }) => status)).toEqual([
    'succeeded',
    'failed',
    'uncertain',
    'pending',
    'submitted',
    'pending',
  ]);
  const limiter = await store.rateLimiters.find('https://api.openai.com gpt-5.4-mini');
  expect(limiter).toMatchObject({ blockedUntil: 1796008062649, blockedBy: 'rate_limit', requests: { left: 10 } });
  expect(await store.switches.find('batches')).toMatchObject({ message: 'stopped by ada' });
  expect(await store.acrossTenants.providerEvents.unnamed(10)).toEqual(['resp_unknown']);
});

/** A place whose database says that a later release has migrated it. */
async function laterPlace(): Promise<StorePlace> {
  const place = await temporaryPlace();
  const database = await openDatabaseOf(place);
  await sql`insert into kysely_migration values ('9999-later', '2030-01-01T00:00:00.000Z')`.execute(database);
  await database.destroy();
  return place;
}

it('a database of a newer release is refused, with what to do', async () => {
  const refused = await openStores(await laterPlace()).catch((error: unknown) => error);
  expect(refused).toBeInstanceOf(SettingsProblem);
  expect(String(refused)).toContain('belongs to a newer release of Lodestone: its migration 9999-later');
  expect(String(refused)).toContain('Start the newer release');
});

it('a process that finds one ends with the code of refused settings', async () => {
  const { dataFolder, databaseUrl } = await laterPlace();
  const settings = { LODESTONE_DATA_DIR: dataFolder, LODESTONE_DATABASE_URL: databaseUrl, LODESTONE_API_PORT: '0' };
  const api = spawn(process.execPath, ['client/api/main.ts'], {
    env: { ...process.env, ...settings },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const [said, [code]] = await Promise.all([text(api.stderr), once(api, 'exit')]);
  expect(said).toContain('belongs to a newer release');
  expect(code).toBe(78);
});
