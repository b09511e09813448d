import { describe, expect, it } from 'vitest';
import { Superseded } from '../../store/jobs/ledger.ts';
import type { LeadMagnetJobInput } from '../../workflows/contract/jobs/job.ts';
import { aiStep, leadMagnet } from '../support/definitions.ts';
import { temporaryStore } from '../support/temporary-store.ts';

const now = new Date('2026-01-01T00:00:00.000Z');
const definition = leadMagnet({ steps: [aiStep('write')] });
const changed = leadMagnet({ name: 'Changed', steps: [aiStep('write')] });

const transition = { stepId: 'write', generation: 1, sequence: 3, at: now.toISOString() };

function input(parts: Partial<LeadMagnetJobInput> = {}): LeadMagnetJobInput {
  return { tenant: 'a', version: 1, definition, form: {}, submittedAt: now.toISOString(), jobUrl: null, ...parts };
}

describe('lead magnets', () => {
  it('get a new version only when they change, also back to what they were', async () => {
    const { leadMagnets } = await temporaryStore();
    const versions = [];
    for (const next of [definition, definition, changed, definition]) {
      const { version, created } = await leadMagnets.save(next, now);
      versions.push([version, created]);
    }
    expect(versions).toEqual([
      [1, true],
      [1, false],
      [2, true],
      [3, true],
    ]);
    expect((await leadMagnets.find('test', 2))?.definition).toEqual(changed);
    expect((await leadMagnets.find('test'))?.version).toBe(3);
    expect(await leadMagnets.list()).toEqual([expect.objectContaining({ version: 3 })]);
  });

  it('are not seen by another tenant', async () => {
    const { leadMagnets, stores } = await temporaryStore();
    await leadMagnets.save(definition, now);
    const others = stores.forTenant('b').leadMagnets;
    expect([await others.find('test'), await others.list()]).toEqual([null, []]);
  });

  it('saved at once by several get versions of their own', async () => {
    const { leadMagnets } = await temporaryStore();
    const definitions = ['1', '2', '3', '4'].map((name) => leadMagnet({ name, steps: [aiStep('write')] }));
    const saved = await Promise.all(definitions.map((one) => leadMagnets.save(one, now)));
    expect(saved.map(({ version }) => version).toSorted((left, right) => left - right)).toEqual([1, 2, 3, 4]);
  });
});

describe('jobs', () => {
  it('are accepted once: a repeat is the same job, and another input under its id a conflict', async () => {
    const { jobs } = await temporaryStore();
    expect(await jobs.accept('j', input(), 'hash')).toBe('created');
    expect(await jobs.accept('j', input(), 'hash')).toBe('exists');
    expect(await jobs.accept('j', input({ form: { email: 'x@example.com' } }), 'other')).toBe('conflict');
  });

  it('that Temporal has not got are found, oldest first, until they are handed over or begun', async () => {
    const { jobs, acrossTenants } = await temporaryStore();
    const at = (day: number) => `2026-01-0${day}T00:00:00.000Z`;
    for (const day of [3, 1, 2, 4]) await jobs.accept(`j${day}`, input({ submittedAt: at(day) }), '');
    const waiting = async () => (await acrossTenants.jobsNotHandedOver(new Date(at(4)), 10)).map(({ jobId }) => jobId);
    expect(await waiting()).toEqual(['j1', 'j2', 'j3']);
    await jobs.handedOver('j1');
    await jobs.open('j2', input(), now);
    expect(await waiting()).toEqual(['j3']);
    expect((await acrossTenants.jobsNotHandedOver(new Date(at(4)), 10))[0]?.input).toEqual(
      input({ submittedAt: at(3) }),
    );
  });

  it('grow in version with every change, and end once', async () => {
    const { jobs, jobViews } = await temporaryStore();
    await jobs.open('j', input(), now);
    const before = (await jobViews.version('j')) ?? 0;
    const change = { jobId: 'j', stepId: 'write', generation: 1, sequence: 1, attempt: 1, at: now.toISOString() };
    expect(await jobs.changeStep({ ...change, state: 'running' })).toBe(true);
    expect(await jobs.changeStep({ ...change, stepId: 'other' })).toBe(false);
    await jobs.close('j', 'completed', null, now);
    await jobs.decide('j', 'failed', null);
    await jobs.open('j', input(), now);
    expect(await jobViews.find('j')).toMatchObject({ state: 'ended', outcome: 'completed' });
    expect(await jobViews.version('j')).toBeGreaterThan(before);
    expect(await jobViews.version('nobody')).toBeNull();
  });
});

describe('a step', () => {
  const change = { jobId: 'j', stepId: 'write', generation: 1, sequence: 2, attempt: 2, at: now.toISOString() };
  const stopped = { type: 'cancelled' as const, message: 'stopped' };

  async function running() {
    const store = await temporaryStore();
    await store.jobs.open('j', input(), now);
    await store.jobs.changeStep({ ...change, state: 'running' });
    return {
      ...store,
      state: async () => (await store.jobViews.find('j'))?.steps[0]?.state,
      recorded: async () => (await store.events.after('j', 0, 100)).map(({ type }) => type),
    };
  }

  it('A05: is changed by its newest generation, activity and attempt alone, and by that only until its end', async () => {
    const { jobs, state } = await running();
    const ended = { ...change, state: 'succeeded' as const };
    expect(await jobs.changeStep({ ...ended, attempt: 1 })).toBe(false);
    expect(await jobs.changeStep({ ...ended, sequence: 1, attempt: 9 })).toBe(false);
    expect(await jobs.changeStep({ ...ended, generation: 0, sequence: 9, attempt: 9 })).toBe(false);
    expect(await state()).toBe('running');
    expect(await jobs.changeStep(ended)).toBe(true);
    expect(await jobs.changeStep({ ...change, note: 'late' })).toBe(false);
    for (const next of [{ attempt: 3 }, { sequence: 4, attempt: 1 }, { generation: 2, sequence: 5, attempt: 1 }]) {
      expect(await jobs.changeStep({ ...change, ...next, state: 'running' })).toBe(true);
      expect(await state()).toBe('running');
    }
  });

  it('A05: ends as the workflow says, over what an activity wrote, and no attempt changes it after that', async () => {
    const { jobs, state, recorded } = await running();
    await jobs.changeStep({ ...change, state: 'succeeded' }, { type: 'step.succeeded', message: '' });
    await jobs.recordStepTransition('j', { ...transition, state: 'cancelled', reason: stopped });
    expect(await state()).toBe('cancelled');
    expect(await jobs.changeStep({ ...change, attempt: 9, state: 'running' })).toBe(false);
    await jobs.recordStepTransition('j', { ...transition, sequence: 1, state: 'skipped', reason: null });
    expect(await state()).toBe('cancelled');
    expect(await recorded()).toEqual(['step.succeeded', 'step.cancelled']);
  });

  it('says once how it ended: a word that is repeated, or that an activity wrote already, is no news', async () => {
    const { jobs, state, recorded } = await running();
    await jobs.changeStep({ ...change, state: 'failed', reason: stopped }, { type: 'step.failed', message: '' });
    for (const _ of [1, 2]) await jobs.recordStepTransition('j', { ...transition, state: 'failed', reason: stopped });
    expect([await state(), await recorded()]).toEqual(['failed', ['step.failed']]);
    expect(await jobs.changeStep({ ...change, attempt: 3, state: 'running' })).toBe(false);
  });

  it('records no event of a change that is refused', async () => {
    const { jobs, recorded } = await running();
    await jobs.changeStep({ ...change, attempt: 1 }, { type: 'step.attempt_failed', message: '' });
    expect(await recorded()).toEqual([]);
  });
});

describe('events', () => {
  it('are read on from a cursor, of their own job only', async () => {
    const { events } = await temporaryStore();
    for (const message of ['1', '2', '3', '4']) {
      await events.append({ jobId: 'j', type: 'step.looked', message, data: { message } });
      await events.append({ jobId: 'other', type: 'step.looked', message: 'other' });
    }
    const first = await events.after('j', 0, 2);
    expect(first.map(({ message }) => message)).toEqual(['1', '2']);
    const rest = await events.after('j', first.at(-1)?.sequence ?? 0, 100);
    expect(rest.map(({ message, data }) => [message, data])).toEqual([
      ['3', { message: '3' }],
      ['4', { message: '4' }],
    ]);
    expect(await events.after('j', rest.at(-1)?.sequence ?? 0, 100)).toEqual([]);
    expect((await events.newest('j', 2)).map(({ message }) => message)).toEqual(['4', '3']);
  });
});

describe('artifacts', () => {
  const file = { jobId: 'j', stepId: null, name: 'a.txt', mediaType: 'text/plain', deliverable: true };

  it('are kept by content: the same content is one, and a name stands for its newest', async () => {
    const { artifacts } = await temporaryStore();
    const one = await artifacts.put({ ...file, content: Buffer.from('one') });
    const same = await artifacts.put({ ...file, jobId: 'other', content: Buffer.from('one') });
    expect(same.sha256).toBe(one.sha256);
    const two = await artifacts.put({ ...file, content: Buffer.from('two') });
    expect((await artifacts.find('j', 'a.txt'))?.sha256).toBe(two.sha256);
    expect((await artifacts.getContent(one.sha256)).toString()).toBe('one');
    expect(await artifacts.find('j', 'b.txt')).toBeNull();
  });

  it.each(['', '../../etc/passwd', 'A'.repeat(64), `${'a'.repeat(64)}/..`])('are not found by %s', async (hash) => {
    const { artifacts } = await temporaryStore();
    await expect(artifacts.getContent(hash)).rejects.toThrow('not a content hash');
  });
});

describe('the ledger', () => {
  it('A05: lets no attempt write a checkpoint after a later one has', async () => {
    const { ledger } = await temporaryStore();
    const write = (attempt: number) => ledger.writeCheckpoint({ key: 'k', jobId: 'j', attempt, data: { attempt } });
    await write(1);
    await write(2);
    await write(2);
    await expect(write(1)).rejects.toThrow(Superseded);
    expect(await ledger.readCheckpoint('k')).toEqual({ attempt: 2 });
    expect(await ledger.readCheckpoint('other')).toBeNull();
  });

  it('holds one row for a key: what was written last', async () => {
    const { ledger } = await temporaryStore();
    const row = { key: 'k', jobId: 'j', kind: 'webhook', data: { url: 'x' } };
    await ledger.write({ ...row, state: 'intended' });
    await ledger.write({ ...row, state: 'done' });
    expect(await ledger.find('k')).toEqual({ state: 'done', data: { url: 'x' }, attempt: 0 });
    expect(await ledger.find('other')).toBeNull();
  });

  it('keeps what was done, whatever is written late, and lets only what is intended fail or become uncertain', async () => {
    const { ledger } = await temporaryStore();
    const states = ['intended', 'uncertain', 'failed', 'done'] as const;
    const after: Record<string, readonly string[]> = {};
    for (const first of states) {
      const ends: string[] = [];
      for (const second of states) {
        const row = { key: `${first}, then ${second}`, jobId: 'j', kind: 'webhook', data: {} };
        await ledger.write({ ...row, state: first });
        await ledger.write({ ...row, state: second });
        ends.push((await ledger.find(row.key))?.state ?? '');
      }
      after[first] = ends;
    }
    expect(after).toEqual({
      intended: ['intended', 'uncertain', 'failed', 'done'],
      uncertain: ['intended', 'uncertain', 'uncertain', 'done'],
      failed: ['intended', 'failed', 'failed', 'done'],
      done: ['done', 'done', 'done', 'done'],
    });
  });
});
