import { describe, expect, it } from 'vitest';
import { bucketOf, isInCanary, newSalt } from '../../../store/limits/canary-share.ts';
import { openDatabaseOf } from '../../support/stored-rows.ts';
import { openTemporary, temporaryPlace, temporaryStore, type TestStore } from '../../support/temporary-store.ts';

const now = new Date('2026-03-01T00:00:00.000Z');
const asked = { who: 'ada', why: 'answers take longer', now, parent: null };

describe('L17: the share of jobs that try a version', () => {
  it('is the same job at every call, and close to the share that was asked for', () => {
    const ids = Array.from({ length: 20_000 }, (_, index) => `job_${index}`);
    const tried = ids.filter((id) => isInCanary(id, 'salt', 10));
    // Three standard deviations around the mean.
    expect(Math.abs(tried.length - 2000)).toBeLessThan(127);
    expect(tried.every((id) => isInCanary(id, 'salt', 10) && isInCanary(id, 'salt', 50))).toBe(true);
    expect(ids.some((id) => isInCanary(id, 'salt', 0))).toBe(false);
    expect(ids.every((id) => isInCanary(id, 'salt', 100))).toBe(true);
  });

  it('does not change from release to release', () => {
    expect(['job_a', 'job_b', 'job_c'].map((id) => bucketOf(id, 'salt'))).toEqual([74, 10, 21]);
  });

  it('is another one in each trial, so that nobody can choose a job id that is in it', () => {
    const ids = Array.from({ length: 1_000 }, (_, index) => `job_${index}`);
    const [one, other] = [newSalt(), newSalt()];
    const both = ids.filter((id) => isInCanary(id, one, 10) && isInCanary(id, other, 10));
    // 10 are expected: six standard deviations.
    expect(both.length).toBeLessThan(30);
  });
});

describe('L19: the versions of limits', () => {
  it('begin with the built-in table, which pins nothing', async () => {
    const store = await temporaryStore();
    expect(await store.acrossTenants.limits.rollout()).toMatchObject({ stable: 0, candidate: null, revision: 0 });
    expect(await store.pinnedLimits.forNewJob('job_a')).toBeUndefined();
  });

  it('are made by operators one from the other, and new jobs get the newest', async () => {
    const { pinnedLimits, acrossTenants } = await temporaryStore();
    const { limits } = acrossTenants;
    expect(await limits.set({ ...asked, change: { ai: { attemptSeconds: 600 } } })).toEqual({
      as: 'taken',
      version: 1,
    });
    expect(await limits.set({ ...asked, change: { tool: { attempts: 5 } } })).toEqual({ as: 'taken', version: 2 });
    const overrides = { ai: { attemptSeconds: 600 }, tool: { attempts: 5 } };
    expect(await pinnedLimits.forNewJob('job_a')).toEqual({ version: 2, overrides });
    const history = await limits.versions({ before: null, limit: 10 });
    expect(history.map(({ number, parent, madeBy }) => [number, parent, madeBy])).toEqual([
      [2, 1, 'operator'],
      [1, 0, 'operator'],
    ]);
    expect(await limits.audit({ before: null, limit: 1 })).toMatchObject([
      { who: 'ada', action: 'set', version: 2, why: 'answers take longer', at: now.toISOString() },
    ]);
  });

  it('are refused when they change nothing, are out of bounds, or were made for another version', async () => {
    const { limits } = (await temporaryStore()).acrossTenants;
    expect(await limits.set({ ...asked, change: { ai: { attemptSeconds: 900 } } })).toEqual({ as: 'same' });
    expect(await limits.set({ ...asked, change: { ai: { attempts: 1000 } } })).toMatchObject({ as: 'problems' });
    const stale = await limits.set({ ...asked, parent: 7, change: { ai: { attempts: 5 } } });
    expect(stale).toEqual({ as: 'stale', stable: 0 });
    expect(await limits.versions({ before: null, limit: 10 })).toEqual([]);
    expect(await limits.audit({ before: null, limit: 10 })).toEqual([]);
  });

  it('are rolled back to the one before, or to any other, and a later one has a number of its own', async () => {
    const { pinnedLimits, acrossTenants } = await temporaryStore();
    const { limits } = acrossTenants;
    await limits.set({ ...asked, change: { ai: { attempts: 5 } } });
    await limits.set({ ...asked, change: { ai: { attempts: 6 } } });
    expect(await limits.rollBack({ ...asked, to: null, revision: 2 })).toEqual({ as: 'taken', version: 1 });
    // A repeated request does not go back twice.
    expect(await limits.rollBack({ ...asked, to: null, revision: 2 })).toEqual({ as: 'changed', revision: 3 });
    expect(await pinnedLimits.forNewJob('job_a')).toMatchObject({ version: 1 });
    expect(await limits.rollBack({ ...asked, to: 0, revision: 3 })).toEqual({ as: 'taken', version: 0 });
    expect(await pinnedLimits.forNewJob('job_a')).toBeUndefined();
    expect(await limits.rollBack({ ...asked, to: null, revision: 4 })).toEqual({ as: 'same' });
    expect(await limits.rollBack({ ...asked, to: 9, revision: 4 })).toEqual({ as: 'missing' });
    expect(await limits.set({ ...asked, change: { ai: { attempts: 7 } } })).toEqual({ as: 'taken', version: 3 });
    expect((await limits.version(3))?.parent).toBe(0);
  });

  it('are read without what this release does not know, so that jobs are accepted after a downgrade', async () => {
    const place = await temporaryPlace();
    const { pinnedLimits, acrossTenants } = await openTemporary(place);
    await acrossTenants.limits.set({ ...asked, change: { ai: { attempts: 5 } } });
    const database = await openDatabaseOf(place);
    const overrides = JSON.stringify({ ai: { attempts: 5, speed: 3 }, later: { attempts: 5 } });
    await database.updateTable('limits_versions').set({ overrides }).execute();
    await database.destroy();
    expect(await pinnedLimits.forNewJob('job_a')).toEqual({ version: 1, overrides: { ai: { attempts: 5 } } });
  });

  it('get different numbers when several processes make them at once', async () => {
    const place = await temporaryPlace();
    const [one, other] = await Promise.all([openTemporary(place), openTemporary(place)]);
    const set = (store: TestStore, attempts: number) =>
      store.acrossTenants.limits.set({ ...asked, change: { ai: { attempts } } });
    const made = await Promise.all([set(one, 3), set(other, 4), set(one, 5), set(other, 6)]);
    const numbers = made.map((taken) => (taken.as === 'taken' ? taken.version : 0));
    expect(numbers.toSorted((a, b) => a - b)).toEqual([1, 2, 3, 4]);
    expect((await one.acrossTenants.limits.rollout()).revision).toBe(4);
  });
});
