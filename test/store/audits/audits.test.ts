import { expect, it } from 'vitest';
import { timeRanges } from '../../../store/audits/ranges.ts';
import { aiStep, jobInput, leadMagnet } from '../../support/definitions.ts';
import { sampleRun } from '../../support/runs/sample-run.ts';
import { storeRuns } from '../../support/runs/stored-runs.ts';
import { openTemporary, temporaryPlace } from '../../support/temporary-store.ts';

const now = new Date('2026-11-30T12:00:00.000Z');
const since = new Date('2026-10-31T12:00:00.000Z');
const before = since.getTime() - 1;

async function allOf<Value>(values: AsyncIterable<Value>): Promise<readonly Value[]> {
  const all: Value[] = [];
  for await (const value of values) all.push(value);
  return all;
}

it('A06, A08: runs of all tenants are counted by kind of work, by what they used of their limit, and by kind of time-out', async () => {
  const place = await temporaryPlace();
  const { audits } = (await openTemporary(place)).acrossTenants;
  const slow = (seconds: number) => ({ queuedMs: now.getTime() - seconds * 1_000, times: null });
  await storeRuns(place, 'one', [
    sampleRun('a'),
    sampleRun('b', { endedMs: before }),
    sampleRun('c', { ...slow(100), outcome: 'timed_out', reason: 'timeout_heartbeat' }),
    sampleRun('d', { limits: { attemptSeconds: 58, totalSeconds: null, heartbeatSeconds: null, attempts: 1 } }),
    sampleRun('e', { leadMagnet: 'other' }),
    sampleRun('f', { work: 'ai' }),
  ]);
  await storeRuns(place, 'two', [sampleRun('g'), sampleRun('h', { kind: 'tool', work: 'chat', leadMagnet: null })]);
  const works = await audits.works(since);
  const none = { reached80: 0, reached90: 0, reached100: 0 };
  expect(works).toMatchObject([
    { kind: 'step', work: 'ai', runs: 1, ...none },
    {
      kind: 'step',
      work: 'computer_use',
      runs: 5,
      reached80: 2,
      reached90: 1,
      reached100: 1,
      timeouts: { timeout_heartbeat: 1, timeout_start_to_close: 0 },
    },
    { kind: 'tool', work: 'chat', runs: 1, ...none },
  ]);
  const ofOne = { tenant: 'one', slug: 'test' };
  expect(await audits.runsOf(ofOne, 'computer_use', since)).toBe(3);
  expect(await audits.runsOf(ofOne, 'ai', since)).toBe(1);
  expect(await audits.runsOf({ tenant: 'two', slug: 'other' }, 'computer_use', since)).toBe(0);
});

it('A07: only runs that tell it are counted as cold or warm', async () => {
  const place = await temporaryPlace();
  const { audits } = (await openTemporary(place)).acrossTenants;
  await storeRuns(place, 'one', [
    sampleRun('a', { coldStart: true }),
    sampleRun('b', { coldStart: false }),
    sampleRun('c', { coldStart: false }),
    sampleRun('d'),
  ]);
  expect(await audits.coldStarts('computer_use', since)).toEqual({ cold: 1, warm: 2 });
});

it('A06: the newest version of each lead magnet of all tenants is read, in pages, from any of them on', async () => {
  const { stores, acrossTenants } = await openTemporary(await temporaryPlace());
  const save = async (tenant: string, slug: string, id = 'look') => {
    await stores.forTenant(tenant).leadMagnets.save(leadMagnet({ slug, steps: [aiStep(id)] }), now);
  };
  for (let number = 10; number < 65; number += 1) await save('one', `page-${number}`);
  await save('one', 'page-10', 'newer');
  await save('two', 'page-10');
  const found = await allOf(acrossTenants.audits.leadMagnets());
  expect(found).toHaveLength(56);
  expect(found[0]).toMatchObject({
    tenant: 'one',
    slug: 'page-10',
    version: 2,
    definition: { steps: [{ id: 'newer' }] },
  });
  expect(found.at(-1)).toMatchObject({ tenant: 'two', slug: 'page-10', version: 1 });
  const rest = await allOf(acrossTenants.audits.leadMagnets({ tenant: 'one', slug: 'page-63' }));
  expect(rest.map(({ tenant, slug }) => `${tenant}/${slug}`)).toEqual(['one/page-64', 'two/page-10']);
});

it('A08: jobs that reached the limit of the whole job are counted', async () => {
  const store = await openTemporary(await temporaryPlace());
  const { audits } = store.acrossTenants;
  for (const [id, outcome] of [
    ['one', 'timed_out'],
    ['two', 'completed'],
  ] as const) {
    await store.jobs.open(id, jobInput({ steps: [aiStep('look')] }), now);
    await store.jobs.close(id, outcome, null, now);
  }
  expect(await audits.jobsOutOfTime(since)).toBe(1);
  expect(await audits.jobsOutOfTime(new Date(now.getTime() + 1))).toBe(0);
});

it('runs are cut into ranges that each belong to one, also when many end at once', async () => {
  const times = [5, 5, 5, 5, 6, 9, 9, 12];
  const size = 2;
  const nextStart = async (from: number) => times.filter((time) => time >= from)[size];
  const ranges = await allOf(timeRanges(4, nextStart));
  const counts = ranges.map(
    ({ from, to }) => times.filter((time) => time >= from && (to === null || time < to)).length,
  );
  expect(counts.reduce((sum, count) => sum + count, 0)).toBe(times.length);
  expect(ranges[0]?.from).toBe(4);
  expect(ranges.at(-1)?.to).toBe(null);
});
