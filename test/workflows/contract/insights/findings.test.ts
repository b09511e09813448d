import { expect, it } from 'vitest';
import { findingsOf, pageOf } from '../../../../workflows/contract/insights/findings.ts';
import { summariesOf } from '../../../../workflows/contract/insights/run-tally.ts';
import { runsOf, type RunChanges } from '../../../support/runs/run-of.ts';

const healthy = runsOf(30, (number) => ({ durationMs: 5000 + number * 100 }));

function found(changes: RunChanges | ((number: number) => RunChanges), count = 10) {
  const runs = runsOf(count, changes).map((run) => ({ ...run, key: `${run.key}.bad`, ownerId: `bad-${run.ownerId}` }));
  return findingsOf(summariesOf([...healthy, ...runs]));
}

it('L20: runs that are refused again and again miss a permission, however long they take', () => {
  const statuses = [401, 403, 404];
  const refused = { outcome: 'failed', reason: 'receiver_refused', durationMs: 90_000 } as const;
  const findings = found((number) => ({ ...refused, statusCode: statuses[number % 3] ?? null }));
  expect(findings).toHaveLength(1);
  expect(findings[0]).toMatchObject({ cause: 'missing_permission', level: 'warning', runs: 10, outOf: 40 });
  expect(findings[0]?.evidence).toContain('401 (4), 403 (3), 404 (3)');
  expect(findings[0]?.examples.map(pageOf)).toEqual(['/jobs/bad-job-9', '/jobs/bad-job-8', '/jobs/bad-job-7']);
});

it('L20: runs that repeat the same turn until they fail are an endless loop, and no limit that is too tight', () => {
  const looped = { outcome: 'timed_out', reason: 'time_limit', longestRepeat: 24, durationMs: 900_000 } as const;
  expect(found(looped)).toMatchObject([{ cause: 'endless_loop', runs: 10 }]);
  expect(found({ ...looped, reason: 'iteration_limit', longestRepeat: 3 })).toMatchObject([{ cause: 'endless_loop' }]);
  expect(found({ outcome: 'succeeded', reason: null, longestRepeat: 24 })).toEqual([]);
});

it('L20: a limit is too tight where others come close to it; else what it ended hung', () => {
  const cut = { outcome: 'timed_out', reason: 'timeout_start_to_close' } as const;
  expect(found({ ...cut, durationMs: 8500 })).toMatchObject([{ cause: 'limit_too_tight', runs: 10 }]);
  expect(found({ ...cut, durationMs: 85_000 })).toMatchObject([{ cause: 'stuck', runs: 10 }]);
});

it('L20: runs that wait for a worker are told from slow ones', () => {
  expect(found({ durationMs: 100_000, parts: { queue: 95_000 } })).toMatchObject([{ cause: 'waiting_for_a_slot' }]);
  expect(found({ durationMs: 3_600_000, parts: { person: 3_590_000 } })).toEqual([]);
});

it('L12: slow runs are told with the part that takes most of the time, by the levels of the alarms', () => {
  const findings = found({ durationMs: 200_000, parts: { browser: 180_000 } });
  expect(findings).toMatchObject([{ cause: 'slow', level: 'critical', runs: 10 }]);
  expect(findings[0]?.evidence).toMatch(/p95 200.0 s; \d+ % of the time is browser/);
  expect(findings[0]?.advice).toContain('The browser takes the most time');
  expect(found({ durationMs: 200_000 }, 2)).toEqual([]);
});
