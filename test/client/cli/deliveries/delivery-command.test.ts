/** `lodestone deliveries` as scripts use it. */
import { expect, test } from 'vitest';
import { endedDelivery } from '../../../support/jobs/ended-deliveries.ts';
import { runCommand as run, servedFolder } from '../harness.ts';

const deliver = [{ kind: 'email', to: '{{form.email}}', subject: 'Your result' }];

test('deliveries list filters and pages; deliveries redeliver sends one again, and exits 6 while that is under way', async () => {
  const { url, store, temporal, acceptedJob } = await servedFolder();
  const jobId = await acceptedJob({ deliver });
  await endedDelivery(store, jobId, 'failed');
  await acceptedJob({ deliver });
  const failed = await run(url, 'deliveries', 'list', '--state', 'failed');
  expect(failed.stdout).toContain(`${jobId}  email_1`);
  expect(failed.stdout).toContain('  the mail server refused: 550 no such person\n');
  expect(failed.stdout.split('\n')).toHaveLength(3);
  const first = await run(url, 'deliveries', 'list', '--limit', '1');
  const cursor = /--before (\S+)/.exec(first.stderr)?.[1] ?? '';
  const second = await run(url, 'deliveries', 'list', '--limit', '1', '--before', cursor, '--json');
  expect(JSON.parse(second.stdout)).toMatchObject({ deliveries: [{ kind: 'email' }], next: null });
  const again = await run(url, 'deliveries', 'redeliver', jobId, 'email_1', '--json');
  expect([again.code, JSON.parse(again.stdout)]).toMatchObject([0, { state: 'waiting', redeliveries: 1 }]);
  expect(temporal.redelivered).toEqual([{ jobId, deliveryId: 'email_1', number: 1 }]);
  expect((await run(url, 'deliveries', 'redeliver', jobId, 'email_1')).code).toBe(6);
  expect((await run(url, 'deliveries', 'redeliver', jobId, 'email_9')).code).toBe(5);
});
