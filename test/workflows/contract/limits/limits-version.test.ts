import { describe, expect, it } from 'vitest';
import { defaultLimits, effectiveLimits, limitProblems } from '../../../../workflows/contract/limits/limits.ts';
import {
  changedLimits,
  limitBounds,
  limitDifferences,
  limitsInForce,
  limitsVersionProblems,
  tableOf,
  versionedKinds,
  versionedLimits,
} from '../../../../workflows/contract/limits/limits-version.ts';

describe('L04: the limits of each kind of work', () => {
  it('lie within the bounds that versions of them have', () => {
    const outside = versionedKinds.flatMap((kind) =>
      versionedLimits.filter((limit) => {
        const [bounds, value] = [limitBounds[kind][limit], defaultLimits[kind][limit]];
        return bounds === null ? value !== null : value === null || value < bounds[0] || value > bounds[1];
      }),
    );
    expect(outside).toEqual([]);
  });

  it('at each end of their bounds hold the arithmetic of limits', () => {
    for (const kind of versionedKinds) {
      const [least, most] = limitBounds[kind].attemptSeconds ?? [0, 0];
      for (const attemptSeconds of [least, most]) {
        const totalSeconds = Math.max(attemptSeconds, defaultLimits[kind].totalSeconds ?? 0);
        expect(limitsVersionProblems({ [kind]: { attemptSeconds, totalSeconds } }), kind).toEqual([]);
      }
    }
  });

  it('are refused outside of them, by kind and limit', () => {
    expect(
      limitsVersionProblems({ ai: { attemptSeconds: 5 }, render: { heartbeatSeconds: 20, attempts: 2.5 } }),
    ).toEqual([
      'ai: attemptSeconds 5 is not a whole number from 30 to 7200',
      'ai: heartbeatSeconds 15 is not below attemptSeconds 5: it would never fire',
      'render: heartbeatSeconds cannot be set: its activities send no heartbeats',
      'render: attempts 2.5 is not a whole number from 2 to 100',
    ]);
  });

  it('are refused where they contradict each other', () => {
    expect(limitsVersionProblems({ ai: { attemptSeconds: 100, heartbeatSeconds: 110 } })).toEqual([
      expect.stringContaining('it would never fire'),
    ]);
  });
});

describe('L19: a version of limits', () => {
  it('changes the table, and the lead magnet changes the version', () => {
    const pinned = { ai: { attemptSeconds: 600, attempts: 5 } };
    expect(limitsInForce('ai', undefined, {}, pinned)).toEqual({
      ...defaultLimits.ai,
      attemptSeconds: 600,
      attempts: 5,
    });
    expect(limitsInForce('ai', { attempts: 3 }, {}, pinned)).toMatchObject({ attemptSeconds: 600, attempts: 3 });
  });

  it('leaves the kinds that it does not name as the table has them', () => {
    for (const kind of versionedKinds) {
      expect(limitsInForce(kind, { attempts: 3 }, {}, {})).toEqual(effectiveLimits(kind, { attempts: 3 }));
    }
  });

  it('never cuts off a loop before its own budget', () => {
    const needs = { budgetSeconds: 900 };
    const inForce = (attemptSeconds: number) =>
      limitsInForce('computer_use', undefined, needs, { computer_use: { attemptSeconds } }).attemptSeconds;
    expect([inForce(300), inForce(3000)]).toEqual([1020, 3000]);
  });

  it('gives way to the table where it contradicts what the lead magnet sets', () => {
    const pinned = { ai: { heartbeatSeconds: 60 }, code: { attemptSeconds: 300 } };
    expect(limitsInForce('ai', { attemptSeconds: 50 }, {}, pinned).heartbeatSeconds).toBe(15);
    expect(limitsInForce('code', undefined, { innerSeconds: 900 }, pinned).attemptSeconds).toBe(1020);
    expect(limitsInForce('code', undefined, { innerSeconds: 60 }, pinned).attemptSeconds).toBe(300);
  });

  it('holds the arithmetic of limits whatever it and the lead magnet set', () => {
    for (const kind of versionedKinds) {
      for (const attemptSeconds of [undefined, 16, 45, 5000]) {
        for (const version of limitBounds[kind].attemptSeconds ?? []) {
          const own = { attemptSeconds };
          if (limitProblems(effectiveLimits(kind, own)).length > 0) continue;
          const limits = limitsInForce(kind, own, {}, { [kind]: { attemptSeconds: version, totalSeconds: 600 } });
          expect(limitProblems(limits), `${kind} ${attemptSeconds} ${version}`).toEqual([]);
        }
      }
    }
  });

  it('is changed limit by limit, and keeps nothing that equals the table', () => {
    const before = { ai: { attemptSeconds: 600, attempts: 5 }, tool: { attempts: 4 } };
    const after = changedLimits(before, { ai: { attempts: null, attemptSeconds: 700 }, tool: { attempts: 10 } });
    expect(after).toEqual({ ai: { attemptSeconds: 700 } });
    expect(limitDifferences(before, after)).toEqual([
      { kind: 'ai', limit: 'attemptSeconds', from: 600, to: 700 },
      { kind: 'ai', limit: 'attempts', from: 5, to: 8 },
      { kind: 'tool', limit: 'attempts', from: 4, to: 10 },
    ]);
    expect(tableOf('ai', after).attemptSeconds).toBe(700);
  });
});
