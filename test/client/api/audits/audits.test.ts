/** Audits over HTTP: of all tenants, from their lead magnets, their recorded runs and the workers that live. */
import { expect, test } from 'vitest';
import { heldReport } from '../../../../client/api/audits/held-report.ts';
import {
  AuditedLeadMagnetSchema,
  ComputerUseAuditSchema,
  TimeoutsAuditSchema,
} from '../../../../workflows/contract/audits/audit-schema.ts';
import { z } from 'zod';
import { leadMagnet } from '../../../support/definitions.ts';
import { auditedInstallation } from '../../../support/audits/installation.ts';

const PageSchema = z.object({ leadMagnets: z.array(AuditedLeadMagnetSchema), next: z.string().nullable() });

test('A06, A07: lead magnets with computer use are counted by tenant, display and environment, and their share tells the path', async () => {
  const { ask } = await auditedInstallation();
  const report = ComputerUseAuditSchema.parse(await (await ask('/v1/audits/computer-use')).json());
  expect(report).toMatchObject({
    leadMagnets: { total: 10, unreadable: 0 },
    limitsVersions: [0],
    using: 2,
    sharePercent: 20,
    path: 'B',
    tenants: [
      { tenant: 'acme', leadMagnets: 1, using: 1, runs: 1 },
      { tenant: 'default', leadMagnets: 9, using: 1, runs: 2 },
    ],
    displays: [
      { width: 1024, height: 768, steps: 2 },
      { width: 800, height: 600, steps: 1 },
    ],
    environments: [{ environment: 'browser', steps: 3 }],
    runs: { runs: 3, reached80: 1, reached90: 1, reached100: 1 },
  });
  const due = report.actions.filter(({ isDue }) => isDue);
  expect(due.map(({ action, state }) => [action, state])).toEqual([
    ['metrics are exported', 'no'],
    ['an alarm on time-outs', 'no'],
    ['people are told of alerts', 'yes'],
    ['failed attempts are repeated', 'no'],
    ['limits leave room', 'no'],
    ['several browsers at once', 'yes'],
  ]);
});

test('A06: each lead magnet is listed with its display, environment, budget and runs, in pages', async () => {
  const { ask } = await auditedInstallation();
  const first = PageSchema.parse(await (await ask('/v1/audits/computer-use/lead-magnets?limit=1')).json());
  expect(first).toMatchObject({ leadMagnets: [{ tenant: 'acme', slug: 'look', runs: 1 }], next: 'acme/look' });
  const query = new URLSearchParams({ after: first.next ?? '', limit: '1' });
  const second = PageSchema.parse(await (await ask(`/v1/audits/computer-use/lead-magnets?${query.toString()}`)).json());
  expect(second.next).toBe(null);
  expect(second.leadMagnets).toMatchObject([
    {
      tenant: 'default',
      slug: 'audit',
      version: 1,
      runs: 2,
      steps: [
        {
          step: 'a',
          display: { width: 800, height: 600 },
          environment: 'browser',
          budget: { iterations: 100, seconds: 900, usd: null },
          attemptSeconds: 930,
          attempts: 1,
        },
        { step: 'b', budget: { seconds: 60, usd: 2 }, attemptSeconds: 180, attempts: 12 },
      ],
    },
  ]);
  expect((await ask('/v1/audits/computer-use/lead-magnets?after=nowhere')).status).toBe(400);
});

test('A08, A12: the four scenarios are judged by the limits in force and by recorded runs, and time-outs are told by kind', async () => {
  const { ask } = await auditedInstallation();
  const report = TimeoutsAuditSchema.parse(await (await ask('/v1/audits/timeouts')).json());
  expect(report.scenarios).toMatchObject([
    {
      scenario: 'loop_budget',
      level: 'high',
      atRisk: [{ tenant: 'default', slug: 'audit' }],
      limits: { high: 1, low: 1 },
    },
    { scenario: 'several_loops', level: 'low', atRisk: [] },
    { scenario: 'step_limit', level: 'high', atRisk: [{ tenant: 'default', slug: 'audit' }] },
    { scenario: 'job_limit', level: 'low', atRisk: [] },
  ]);
  for (const { finding, impact, mitigation } of report.scenarios)
    expect([finding, impact, mitigation]).not.toContain('');
  expect(report.works).toMatchObject([
    { kind: 'step', work: 'computer_use', runs: 3, reached80: 1, timeouts: { timeout_heartbeat: 1 } },
  ]);
  // Two scenarios with a tenth of the lead magnets, and a third of the runs timed out and near their limit.
  expect(report.risk.score).toBe(Math.round(2 * 15 * Math.sqrt(0.1) + 30 + 20));
});

test('A08: a version of limits that new jobs get is judged as well', async () => {
  const { ask, store } = await auditedInstallation();
  await store.acrossTenants.limits.set({
    change: { computer_use: { attempts: 2 } },
    parent: null,
    who: 'ada',
    why: 'fewer',
    now: new Date(),
  });
  const report = TimeoutsAuditSchema.parse(await (await ask('/v1/audits/timeouts')).json());
  expect(report.limitsVersions).toEqual([1]);
  const page = PageSchema.parse(await (await ask('/v1/audits/computer-use/lead-magnets')).json());
  expect(page.leadMagnets[0]?.steps[0]?.attempts).toBe(2);
});

test('a report is made once for all who ask within a minute, and again after a failure', async () => {
  let time = 0;
  let made = 0;
  const report = heldReport(
    60_000,
    () => new Date(time),
    async () => {
      made += 1;
      if (made === 1) throw new Error('the store is away');
      return made;
    },
  );
  await expect(report()).rejects.toThrow('the store is away');
  expect(await Promise.all([report(), report()])).toEqual([2, 2]);
  time = 60_000;
  expect(await report()).toBe(3);
});

test('A06, A08: both reports are on a page, what is stored as text of it', async () => {
  const { ask, store } = await auditedInstallation();
  const steps = [{ id: 'a', kind: 'computer_use', startUrl: 'https://site.example', goal: 'look' }];
  await store.stores.forTenant('<b>evil').leadMagnets.save(leadMagnet({ slug: 'look', steps }), new Date());
  const text = await (await ask('/audits')).text();
  for (const part of ['3 of 11, 27.3 %', 'Path C: ', 'acme/look', '1024 × 768', 'Several loops in one job'])
    expect(text).toContain(part);
  expect(text).toContain('&lt;b&gt;evil/look');
  expect(text).not.toContain('<b>evil');
  expect(await (await ask('/audits?after=acme/look')).text()).not.toContain('acme/look');
});
