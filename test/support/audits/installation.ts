/** An installation with lead magnets of two tenants, runs and workers, as audits look at it. */
import { testApi, type Api } from '../../client/api/harness.ts';
import { aiStep, leadMagnet } from '../definitions.ts';
import { sampleRun } from '../runs/sample-run.ts';
import { storeRuns } from '../runs/stored-runs.ts';
import { openTemporary, temporaryPlace } from '../temporary-store.ts';

const loop = (id: string, parts: object = {}) => ({
  id,
  kind: 'computer_use',
  startUrl: 'https://site.example',
  goal: 'look',
  ...parts,
});

/** Ten lead magnets: `acme/look` and `default/audit` use a browser; an attempt of the latter may end before its loop. */
export async function auditedInstallation(): Promise<Api> {
  const place = await temporaryPlace();
  const store = await openTemporary(place);
  const now = new Date();
  const tight = { display: { width: 800, height: 600 }, limits: { attemptSeconds: 930, attempts: 1 } };
  const audit = [loop('a', tight), loop('b', { budget: { seconds: 60, usd: 2 } })];
  await store.leadMagnets.save(leadMagnet({ slug: 'audit', steps: audit }), now);
  await store.stores.forTenant('acme').leadMagnets.save(leadMagnet({ slug: 'look', steps: [loop('a')] }), now);
  for (let number = 1; number <= 8; number += 1) {
    await store.leadMagnets.save(leadMagnet({ slug: `write-${number}`, steps: [aiStep('write')] }), now);
  }
  const endedMs = now.getTime() - 60_000;
  const died = { outcome: 'timed_out', reason: 'timeout_heartbeat', times: null } as const;
  await storeRuns(place, 'default', [
    sampleRun('one', { endedMs, leadMagnet: 'audit' }),
    sampleRun('two', { endedMs, leadMagnet: 'audit', ...died }),
  ]);
  await storeRuns(place, 'acme', [sampleRun('three', { endedMs, leadMagnet: 'look' })]);
  const worker = { busy: 0, startedAt: now.toISOString() };
  await store.acrossTenants.workerBeats.beat(
    [
      { ...worker, id: 'p.jobs', queue: 'jobs', slots: 100, told: { exportsMetrics: false, alertReceivers: 1 } },
      { ...worker, id: 'q.browser', queue: 'browser', slots: 2, told: { exportsMetrics: true, alertReceivers: 0 } },
    ],
    now,
  );
  return { ...(await testApi({ store, acrossTenants: store.acrossTenants })), store };
}
