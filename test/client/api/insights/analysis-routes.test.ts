/** The analysis of runs over HTTP. */
import { expect, test } from 'vitest';
import { storeWithRuns } from '../../../support/runs/reported.ts';
import { runsOf } from '../../../support/runs/run-of.ts';
import { testApi } from '../harness.ts';

const refused = { outcome: 'failed', reason: 'receiver_refused', statusCode: 404 } as const;
const runs = [
  ...runsOf(368, { durationMs: 20_000 }),
  ...runsOf(4, { ...refused, work: 'webhook', tenant: 'default', partId: 'notify' }),
  ...runsOf(4, { ...refused, work: 'webhook', partId: 'notify' }),
];
const jsonOf = async (response: Response): Promise<unknown> => response.json();

test('L01, L20: the analysis is over all tenants, and links the runs of the own one', async () => {
  const { ask } = await testApi(await storeWithRuns(runs));
  expect(await jsonOf(await ask('/v1/insights/analysis?since=24h&by=lead-magnet'))).toMatchObject({
    by: 'lead-magnet',
    total: { runs: 376, durationMs: { count: 376, max: 20_000 } },
    groups: [{ name: 'report', runs: 376, errors: { receiver_refused: 8 }, refusals: { 404: 8 } }],
    findings: [
      { cause: 'missing_permission', tenant: 'default', runs: 4, examples: [{ page: '/jobs/job-3' }, {}, {}] },
      { cause: 'missing_permission', tenant: 'acme', runs: 4, examples: [{ page: null, tenant: 'acme' }, {}, {}] },
    ],
  });
  expect((await ask('/v1/insights/analysis?since=soon')).status).toBe(400);
  expect((await ask('/v1/insights/analysis?by=tenant')).status).toBe(400);
});

test('L03: recommended limits come with their evidence, or with how many runs are missing', async () => {
  const { ask } = await testApi(await storeWithRuns(runs));
  const recommended = await jsonOf(await ask('/v1/insights/recommendations'));
  expect(recommended).toMatchObject({ change: { ai: { attemptSeconds: 30 } } });
  expect(await jsonOf(await ask('/v1/insights/recommendations?leastRuns=369'))).toMatchObject({
    change: {},
    kinds: expect.arrayContaining([expect.objectContaining({ kind: 'ai', runs: 368, missingRuns: 1, attempt: null })]),
  });
});

test('L12: thousands of runs are analysed in a thread, with the same figures', async () => {
  const many = runsOf(3000, (number) => ({ durationMs: 1000 + number }));
  const { ask } = await testApi(await storeWithRuns(many));
  const answers = await Promise.all([ask('/v1/insights/analysis'), ask('/v1/insights/recommendations')]);
  const [analysis, recommended] = await Promise.all(answers.map(jsonOf));
  expect(analysis).toMatchObject({ total: { runs: 3000, durationMs: { p95: 3849 } } });
  expect(recommended).toMatchObject({ change: { ai: { attemptSeconds: 30 } } });
});
