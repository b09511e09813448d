import { expect, it } from 'vitest';
import { storeWithRuns } from '../../../support/runs/reported.ts';
import { runsOf } from '../../../support/runs/run-of.ts';
import { serveApp, testApi } from '../../api/harness.ts';
import { runCommand } from '../harness.ts';

it('L12: lodestone analyze shows figures, where the time goes, findings with their runs, and limits', async () => {
  const slow = { durationMs: 150_000, parts: { queue: 15_000 }, coldStart: true, memoryPeakBytes: 3 * 2 ** 20 };
  const refused = { outcome: 'failed', reason: 'receiver_refused', statusCode: 403, work: 'webhook' } as const;
  const runs = [...runsOf(368, slow), ...runsOf(3, { ...refused, partId: 'notify', tenant: 'default' })];
  const url = await serveApp((await testApi(await storeWithRuns(runs))).app);
  const [text, json] = await Promise.all([
    runCommand(url, 'analyze', '--since', '24h'),
    runCommand(url, 'analyze', '--by', 'step', '--json'),
  ]);
  expect(text).toMatchObject({ code: 0, stderr: '' });
  expect(text.stdout).toMatch(/step ai +368 +368 +150\.0 +150\.0.+3 MiB +368\/368/);
  expect(text.stdout).toContain('step ai: model 90 %, queue 10 %');
  expect(text.stdout).toContain('critical: missing permission: step notify (webhook) of report');
  expect(text.stdout).toContain('runs: /jobs/job-2, /jobs/job-1, /jobs/job-0');
  expect(text.stdout).toContain('ai.attemptSeconds=205: p99 of 368 attempts is 135.0 s');
  expect(JSON.parse(json.stdout)).toMatchObject({
    by: 'step',
    groups: [{ name: 'report/write', aboveMinute: 368 }, { name: 'report/notify' }],
    recommendations: { change: { ai: { attemptSeconds: 205 } } },
  });
});
