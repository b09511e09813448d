import { describe, expect, it } from 'vitest';
import { outcomeOf, outputOf, planSteps, type Ending } from '../../../workflows/jobs/scheduler.ts';
import { aiStep, leadMagnet } from '../../support/definitions.ts';

const ok = (value: string): Ending => ({ state: 'succeeded', reason: null, output: { kind: 'inline', value } });
const failed: Ending = { state: 'failed', reason: { type: 'provider_request', message: 'no' }, output: null };
const skipped: Ending = { state: 'skipped', reason: { type: 'dependency', message: 'x' }, output: null };

function steps(...parts: readonly ReturnType<typeof aiStep>[]) {
  return leadMagnet({ steps: [...parts] }).steps;
}

const nothing = new Set<string>();

describe('A01: the scheduler', () => {
  it('starts every step whose needs are met at once, in the order of the definition', () => {
    const all = steps(aiStep('a'), aiStep('b'), aiStep('c', { needs: ['a'] }));
    expect(planSteps(all, new Map(), nothing).ready).toEqual(['a', 'b']);
    expect(planSteps(all, new Map([['a', ok('1')]]), new Set(['b'])).ready).toEqual(['c']);
  });

  it('starts no step twice', () => {
    expect(planSteps(steps(aiStep('a')), new Map(), new Set(['a'])).ready).toEqual([]);
  });

  it('names the step whose failure fails the job, and starts nothing more', () => {
    const all = steps(aiStep('a'), aiStep('b'));
    expect(planSteps(all, new Map([['a', failed]]), nothing)).toEqual({ ready: [], skipped: [], fatal: 'a' });
    expect(outcomeOf(all, new Map([['a', failed]]))).toEqual({ outcome: 'failed', reason: failed.reason });
  });

  it('skips the dependants of a step that failed under `skip`, however far down', () => {
    const all = steps(aiStep('a', { onFailure: 'skip' }), aiStep('b', { needs: ['a'] }), aiStep('c', { needs: ['b'] }));
    expect(planSteps(all, new Map([['a', failed]]), nothing).skipped.map(({ id }) => id)).toEqual(['b']);
    const next = new Map([['a', failed] as const, ['b', skipped] as const]);
    expect(planSteps(all, next, nothing).skipped.map(({ id }) => id)).toEqual(['c']);
  });

  it('runs the dependants of a step that failed under `continue`, which see it as absent', () => {
    const all = steps(aiStep('a', { onFailure: 'continue' }), aiStep('b', { needs: ['a'] }));
    const endings = new Map([['a', failed]]);
    expect(planSteps(all, endings, nothing).ready).toEqual(['b']);
    expect(outputOf(all, 'a', endings)).toBeNull();
    expect(outcomeOf(all, new Map([...endings, ['b', ok('2')]])).outcome).toBe('completed_with_errors');
  });

  it('runs a fallback only after its principal failed, and its output stands in for it', () => {
    const all = steps(
      aiStep('a', { onFailure: { fallback: 'plan_b' } }),
      aiStep('plan_b'),
      aiStep('c', { needs: ['a'] }),
    );
    expect(planSteps(all, new Map(), nothing).ready).toEqual(['a']);
    expect(planSteps(all, new Map([['a', failed]]), nothing).ready).toEqual(['plan_b']);
    const stoodIn = new Map([['a', failed] as const, ['plan_b', ok('b')] as const]);
    expect(planSteps(all, stoodIn, nothing).ready).toEqual(['c']);
    expect(outputOf(all, 'a', stoodIn)).toEqual({ kind: 'inline', value: 'b' });
  });

  it('skips a fallback that nobody needs, and the job is still completed', () => {
    const all = steps(aiStep('a', { onFailure: { fallback: 'plan_b' } }), aiStep('plan_b'));
    expect(planSteps(all, new Map([['a', ok('1')]]), nothing).skipped.map(({ id }) => id)).toEqual(['plan_b']);
    expect(
      outcomeOf(
        all,
        new Map([
          ['a', ok('1')],
          ['plan_b', skipped],
        ]),
      ).outcome,
    ).toBe('completed');
  });

  it('says `failed`, not `completed_with_errors`, when nothing succeeded', () => {
    const all = steps(aiStep('a', { onFailure: 'continue' }));
    expect(outcomeOf(all, new Map([['a', failed]])).outcome).toBe('failed');
  });
});
