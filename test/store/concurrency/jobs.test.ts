/** What several processes do to a job at the same time. */
import { expect, it } from 'vitest';
import type { JobEvent } from '../../../workflows/contract/jobs/job-view.ts';
import { aiStep, jobInput, leadMagnet } from '../../support/definitions.ts';
import { atOnce, twoProcesses } from '../../support/store/two-processes.ts';

const now = new Date('2026-01-01T00:00:00.000Z');
const input = jobInput({ steps: [aiStep('write')] });
const place = { jobId: 'j', stepId: 'write' };

it('an effect is claimed by one alone', async () => {
  const stores = await twoProcesses();
  for (const key of ['a', 'b', 'c']) {
    const found = await atOnce(stores, 12, ({ ledger }, index) =>
      ledger.claim({ key, jobId: 'j', kind: 'mail', data: { index } }),
    );
    expect(found.filter((row) => row === null)).toHaveLength(1);
    expect(new Set(found.flatMap((row) => (row === null ? [] : [JSON.stringify(row)]))).size).toBe(1);
  }
});

it('a claim that failed is given again to one alone', async () => {
  const stores = await twoProcesses();
  await stores[0].ledger.write({ key: 'k', jobId: 'j', kind: 'mail', state: 'failed', data: {} });
  const found = await atOnce(stores, 12, ({ ledger }) =>
    ledger.claim({ key: 'k', jobId: 'j', kind: 'mail', data: {} }),
  );
  expect(found.filter((row) => row === null)).toHaveLength(1);
});

it('a job is accepted once, with its steps', async () => {
  const stores = await twoProcesses();
  const found = await atOnce(stores, 8, ({ jobs }) => jobs.accept('j', input, 'hash'));
  expect(found.toSorted()).toEqual(['created', ...Array.from({ length: 7 }, () => 'exists')]);
  expect((await stores[0].jobViews.find('j'))?.steps).toHaveLength(1);
});

it('a question is decided by one answer, and recorded once', async () => {
  const stores = await twoProcesses();
  const [store] = stores;
  await store.jobs.open('j', input, now);
  const screenshot = { name: 's.png', sha256: 'a'.repeat(64), mediaType: 'image/png', bytes: 1 };
  const asked = { callId: 'c', question: 'Go on?', url: 'https://site.example/', screenshot, expiresAfterSeconds: 60 };
  await store.approvals.ask({ ...place, request: { ...asked, requestId: 'r' }, now });
  const taken = await atOnce(stores, 8, ({ approvals }, index) => {
    const decision = index % 2 === 0 ? 'approve' : 'refuse';
    return approvals.decide('j', { requestId: 'r', decision, by: `person ${index}`, note: null }, now);
  });
  expect(taken.filter((done) => done)).toHaveLength(1);
  const events = await store.events.after('j', 0, 100);
  expect(events.filter(({ type }) => /approval\.(approved|refused)/.test(type))).toHaveLength(1);
});

it('a wish to send a delivery again is one, however often it is sent', async () => {
  const stores = await twoProcesses();
  const [store] = stores;
  const deliver = [{ kind: 'email', to: '{{form.email}}', subject: 's', text: 't' }];
  await store.jobs.open('j', jobInput({ steps: [aiStep('write')], deliver }), now);
  const deliveryId = (await store.jobViews.find('j'))?.deliveries[0]?.id ?? '';
  const change = { jobId: 'j', deliveryId, number: 0, attempts: 1, at: now.toISOString() };
  await store.deliveries.change({ ...change, state: 'failed', reason: null });
  const wish = { jobId: 'j', deliveryId, number: 1, by: 'ada', at: now };
  const taken = await atOnce(stores, 8, ({ deliveries }) => deliveries.askAgain(wish));
  expect(new Set(taken.map(({ as }) => as))).toEqual(new Set(['never_sent']));
});

it('a person takes over once, and each of their actions is done once, in order', async () => {
  const stores = await twoProcesses();
  const [store] = stores;
  await store.jobs.open('j', input, now);
  const asked = await atOnce(stores, 6, ({ controls }, index) => controls.ask(place, `person ${index}`, now));
  expect(asked.filter((got) => got)).toHaveLength(1);
  await store.controls.hold(place, now);
  await atOnce(stores, 6, ({ controls }, index) => controls.act(place, { type: 'type', text: `${index}` }, now));
  const begun = await atOnce(stores, 10, ({ controls }) => controls.begin(place));
  const sequences = begun.flatMap((action) => (action === null ? [] : [action.sequence]));
  expect(new Set(sequences).size).toBe(6);
  expect(sequences).toHaveLength(6);
});

it('lead magnets that are saved at once get versions of their own', async () => {
  const stores = await twoProcesses();
  const saved = await atOnce(stores, 8, ({ leadMagnets }, index) =>
    leadMagnets.save(leadMagnet({ name: `Name ${index}`, steps: [aiStep('write')] }), now),
  );
  expect(saved.map(({ version }) => version).toSorted((left, right) => left - right)).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
});

it('a reader who goes on behind the newest event misses none of those that are written meanwhile', async () => {
  const stores = await twoProcesses();
  const [store, other] = stores;
  await store.jobs.open('j', input, now);
  const read: JobEvent[] = [];
  let telling = true;
  const reader = (async () => {
    for (let more = true; more;) {
      more = telling;
      const events = await other.events.after('j', read.at(-1)?.sequence ?? 0, 100);
      read.push(...events);
      if (events.length > 0) more = true;
    }
  })();
  await atOnce(stores, 120, async ({ events, jobs }, index) => {
    if (index % 3 > 0) return events.append({ jobId: 'j', type: 'note', message: `${index}` });
    const change = { ...place, generation: 1, sequence: 1, attempt: index + 1, state: 'running' } as const;
    await jobs.changeStep({ ...change, at: now.toISOString() }, { type: 'step.note', message: `${index}`, data: {} });
  });
  telling = false;
  await reader;
  const all = await store.events.after('j', 0, 1000);
  expect(all.length).toBeGreaterThan(80);
  expect(read.map(({ sequence }) => sequence)).toEqual(all.map(({ sequence }) => sequence));
});

it('each change of a job counts its version up', async () => {
  const stores = await twoProcesses();
  const [store] = stores;
  await store.jobs.open('j', input, now);
  const before = (await store.jobViews.version('j')) ?? 0;
  const changed = await atOnce(stores, 20, ({ jobs }, index) =>
    jobs.changeStep({ ...place, generation: 1, sequence: 1, attempt: index + 1, at: now.toISOString() }),
  );
  expect(await store.jobViews.version('j')).toBe(before + changed.filter((made) => made).length);
});
