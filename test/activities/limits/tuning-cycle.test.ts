/** Whole cycles of the tuning of limits over a real store, with a clock of the test. */
import { describe, expect, it } from 'vitest';
import { guardCanary } from '../../../activities/limits/guard-canary.ts';
import { proposeLimits } from '../../../activities/limits/propose-limits.ts';
import type { Limits } from '../../../store/limits/limits.ts';
import type { StorePlace } from '../../../store/store.ts';
import type { LimitRecommendation } from '../../../workflows/contract/limits/proposal.ts';
import type { ProposeResult, TuningMode } from '../../../workflows/contract/limits/tuning.ts';
import { recordJobs } from '../../support/limits/recorded-jobs.ts';
import { openTemporary, temporaryPlace, type TestStore } from '../../support/temporary-store.ts';

const start = Date.parse('2026-03-01T00:00:00.000Z');
const hour = 3_600_000;
const at = (hours: number): Date => new Date(start + hours * hour);
const longer: LimitRecommendation = { kind: 'ai', limit: 'attemptSeconds', value: 1200, runs: 500, reason: 'p99 grew' };

interface Tuned {
  readonly store: TestStore;
  readonly limits: Limits;
  readonly place: StorePlace;
  readonly proposeAt: (
    hours: number,
    mode: TuningMode,
    recommended?: readonly LimitRecommendation[],
  ) => Promise<ProposeResult>;
}

async function tuned(): Promise<Tuned> {
  const place = await temporaryPlace();
  const store = await openTemporary(place);
  const { limits } = store.acrossTenants;
  return {
    store,
    limits,
    place,
    proposeAt: (hours, mode, recommended = [longer]) =>
      proposeLimits({ limits, mode, coolDownSeconds: 24 * 3600, recommend: async () => recommended }, at(hours)),
  };
}

/** Jobs from `hours` on, one every 10 s; those that the hash chooses have the candidate. */
async function work(
  { store, place }: Tuned,
  hours: number,
  count: number,
  take: (
    isCanary: boolean,
    index: number,
  ) => { readonly durationMs: number; readonly outcome: 'succeeded' | 'timed_out' },
): Promise<void> {
  const { candidate } = await store.acrossTenants.limits.rollout();
  const jobs = [];
  for (let index = 0; index < count; index += 1) {
    const id = `job_${hours}_${index}`;
    const limitsVersion = (await store.pinnedLimits.forNewJob(id))?.version ?? 0;
    const startedAtMs = start + hours * hour + index * 10_000;
    jobs.push({ id, limitsVersion, startedAtMs, ...take(limitsVersion === candidate, index) });
  }
  await recordJobs(place, jobs);
}

/** Durations that differ, the same in both arms. */
const usual = (index: number): number => 20_000 + (index % 7) * 3_000;
const actions = async (limits: Limits): Promise<readonly string[]> =>
  (await limits.audit({ before: null, limit: 50 })).map(({ action }) => action).toReversed();

describe('L20: dry run, the default', () => {
  it('records what it would propose, and changes nothing', async () => {
    const { limits, store, proposeAt } = await tuned();
    expect(await proposeAt(0, 'dry-run')).toMatchObject({ state: 'dry_run', open: null });
    expect(await limits.rollout()).toMatchObject({ stable: 0, candidate: null, revision: 0 });
    expect(await limits.versions({ before: null, limit: 10 })).toEqual([]);
    expect(await store.pinnedLimits.forNewJob('job_a')).toBeUndefined();
    const [proposal] = await limits.proposals({ before: null, limit: 10 });
    expect(proposal).toMatchObject({ state: 'dry_run', overrides: { ai: { attemptSeconds: 1200 } } });
    expect(proposal?.evidence).toEqual({ recommendations: [longer] });
    expect(await limits.decide({ proposal: 1, decision: 'approve', by: 'ada', note: null }, at(1))).toEqual({
      as: 'closed',
      state: 'dry_run',
    });
  });

  it('proposes nothing when it is off, when the runs recommend nothing, or are too few', async () => {
    const { limits, proposeAt } = await tuned();
    expect(await proposeAt(0, 'off')).toMatchObject({ state: 'off' });
    expect(await proposeAt(0, 'act', [])).toMatchObject({ state: 'nothing' });
    expect(await proposeAt(0, 'act', [{ ...longer, runs: 5 }])).toMatchObject({ state: 'nothing' });
    expect(await actions(limits)).toEqual([]);
  });
});

describe('L20: bounds and the cool-down', () => {
  it('cut each proposal to the bounds and to a step of a factor of two', async () => {
    const { limits, proposeAt } = await tuned();
    const far = [
      { ...longer, value: 1e9 },
      { ...longer, kind: 'render' as const, value: 1 },
      { ...longer, kind: 'webhook' as const, limit: 'heartbeatSeconds' as const, value: 10 },
      { ...longer, kind: 'tool' as const, value: 63 },
    ];
    await proposeAt(0, 'dry-run', far);
    const [proposal] = await limits.proposals({ before: null, limit: 1 });
    expect(proposal?.overrides).toEqual({ ai: { attemptSeconds: 1800 }, render: { attemptSeconds: 110 } });
  });

  it('let a day pass between proposals, and a week before what people denied comes again', async () => {
    const { limits, proposeAt } = await tuned();
    await proposeAt(0, 'ask');
    await limits.decide({ proposal: 1, decision: 'deny', by: 'ada', note: 'not now' }, at(1));
    expect(await proposeAt(23, 'ask')).toMatchObject({ state: 'cool_down' });
    expect(await proposeAt(25, 'ask')).toMatchObject({ state: 'cool_down' });
    // The runs of another day recommend other seconds.
    expect(await proposeAt(25, 'ask', [{ ...longer, value: 1300 }])).toMatchObject({ state: 'cool_down' });
    // Another limit, and the other direction, were not denied.
    const others = [
      { ...longer, value: 1300 },
      { ...longer, limit: 'attempts' as const, value: 12 },
    ];
    expect(await proposeAt(26, 'ask', others)).toMatchObject({ state: 'asking', reason: 'ai.attempts 8 → 12' });
    await limits.decide({ proposal: 2, decision: 'deny', by: 'ada', note: null }, at(27));
    expect(await proposeAt(52, 'ask', [{ ...longer, value: 500 }])).toMatchObject({ state: 'asking' });
    await limits.decide({ proposal: 3, decision: 'deny', by: 'ada', note: null }, at(53));
    expect(await proposeAt(8 * 24, 'ask')).toMatchObject({ state: 'asking' });
    expect(await limits.rollout()).toMatchObject({ stable: 0, candidate: null });
  });

  it('hold back after a change by an operator too', async () => {
    const { limits, proposeAt } = await tuned();
    const change = { ai: { attempts: 5 } };
    await limits.set({ who: 'ada', why: 'x', now: at(0), change, parent: null });
    expect(await proposeAt(1, 'act')).toMatchObject({ state: 'cool_down' });
    expect(await proposeAt(25, 'act')).toMatchObject({ state: 'applied' });
  });
});

describe('L17: a version that is being tried', () => {
  it('begins once, on a tenth of new jobs, when a proposal is approved', async () => {
    const { limits, store, proposeAt } = await tuned();
    expect(await proposeAt(0, 'ask')).toMatchObject({
      state: 'asking',
      open: { proposal: 1, expiresAt: at(24).toISOString() },
    });
    expect(await proposeAt(0.5, 'ask')).toMatchObject({ state: 'asking', open: { proposal: 1 } });
    const approve = { proposal: 1, decision: 'approve', by: 'ada', note: null } as const;
    const decided = await Promise.all([limits.decide(approve, at(1)), limits.decide(approve, at(1))]);
    expect(decided).toEqual([
      { as: 'taken', state: 'approved' },
      { as: 'taken', state: 'approved' },
    ]);
    expect(await limits.rollout()).toMatchObject({ stable: 0, candidate: 1, percent: 10, revision: 1 });
    expect(await limits.decide({ ...approve, decision: 'deny' }, at(2))).toEqual({ as: 'closed', state: 'approved' });
    const pinned = await Promise.all(
      Array.from({ length: 300 }, (_, index) => store.pinnedLimits.forNewJob(`job_${index}`)),
    );
    const tried = pinned.filter((limit) => limit?.version === 1).length;
    expect([tried > 15, tried < 50]).toEqual([true, true]);
    expect(await actions(limits)).toEqual(['proposed', 'approved', 'canary_started']);
    expect(await proposeAt(30, 'ask')).toMatchObject({ state: 'canary' });
  });

  it('expires with its proposal when the limits are changed otherwise', async () => {
    const { limits, proposeAt } = await tuned();
    await proposeAt(0, 'ask');
    await limits.set({ who: 'ada', why: 'x', now: at(1), change: { ai: { attempts: 5 } }, parent: null });
    expect(await limits.decide({ proposal: 1, decision: 'approve', by: 'ada', note: null }, at(2))).toEqual({
      as: 'closed',
      state: 'expired',
    });
    expect(await limits.rollout()).toMatchObject({ stable: 1, candidate: null });
  });
});

describe('L18: the guard', () => {
  it('takes a good version for all jobs by itself, with its figures', async () => {
    const all = await tuned();
    const { limits, store, proposeAt } = all;
    await proposeAt(0, 'act');
    await work(all, 0.1, 50, (_, index) => ({ durationMs: usual(index), outcome: 'succeeded' }));
    expect(await guardCanary(limits, at(0.2))).toMatchObject({ state: 'continue', candidate: 1 });
    await work(all, 1, 3000, (_, index) => ({ durationMs: usual(index), outcome: 'succeeded' }));
    expect(await guardCanary(limits, at(12))).toMatchObject({ state: 'promoted', candidate: 1 });
    expect(await limits.rollout()).toMatchObject({ stable: 1, candidate: null });
    expect(await store.pinnedLimits.forNewJob('job_any')).toMatchObject({ version: 1 });
    const [entry] = await limits.audit({ before: null, limit: 1 });
    expect(entry).toMatchObject({ action: 'promoted', who: 'tuning', version: 1, evidence: { cause: 'harmless' } });
    expect(await guardCanary(limits, at(13))).toMatchObject({ state: 'none' });
  });

  it('rolls a bad version back by itself, with the reason, and does not try it again at once', async () => {
    const all = await tuned();
    const { limits, proposeAt } = all;
    await proposeAt(0, 'act');
    await work(all, 1, 1500, (isCanary, index) =>
      isCanary && index % 3 === 0
        ? { durationMs: 900_000, outcome: 'timed_out' }
        : { durationMs: usual(index), outcome: 'succeeded' },
    );
    const result = await guardCanary(limits, at(12));
    expect(result).toMatchObject({ state: 'rolled_back', candidate: 1 });
    expect(result.reason).toMatch(/slower|more errors/);
    expect(await limits.rollout()).toMatchObject({ stable: 0, candidate: null, changedAt: at(12).toISOString() });
    expect(await actions(limits)).toEqual(['proposed', 'canary_started', 'rolled_back']);
    expect(await proposeAt(12 + 25, 'act')).toMatchObject({ state: 'cool_down' });
  });

  it('changes nothing of a roll-out that a person has changed while it judged', async () => {
    const { limits, proposeAt } = await tuned();
    await proposeAt(0, 'act');
    const { revision } = await limits.rollout();
    await limits.rollBack({ who: 'ada', why: 'enough', now: at(1), to: null, revision });
    const end = { revision, decision: 'promote', reason: 'late', evidence: {}, now: at(2) } as const;
    expect(await limits.endTrial(end)).toBe(false);
    expect(await limits.rollout()).toMatchObject({ stable: 0, candidate: null });
    expect(await actions(limits)).toEqual(['proposed', 'canary_started', 'rolled_back']);
  });
});
