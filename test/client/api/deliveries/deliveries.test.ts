/** Deliveries over HTTP: the list, and a person's wish to have one sent again. */
import { describe, expect, it } from 'vitest';
import pino from 'pino';
import { z } from 'zod';
import { startRedeliveries } from '../../../../client/api/outbox.ts';
import { DeliveryLineSchema } from '../../../../workflows/contract/jobs/job-view.ts';
import { endedDelivery } from '../../../support/jobs/ended-deliveries.ts';
import { endJob, problemOf, testApi, type Api } from '../harness.ts';

const deliver = [{ kind: 'email', to: '{{form.email}}', subject: 'Your result' }];
const PageSchema = z.object({ deliveries: z.array(DeliveryLineSchema), next: z.string().nullable() });

async function list({ ask }: Api, query = ''): Promise<z.infer<typeof PageSchema>> {
  return PageSchema.parse(await (await ask(`/v1/deliveries${query}`)).json());
}

const jobsOf = ({ deliveries }: z.infer<typeof PageSchema>) => deliveries.map(({ jobId }) => jobId);

describe('the list of deliveries', () => {
  it('shows state, receiver, attempts and the last error, and is filtered by each', async () => {
    const api = await testApi();
    const failed = await api.acceptedJob({ deliver });
    await endedDelivery(api.store, failed, 'failed', { target: 'Ada+x_100%@example.com' });
    const sent = await api.acceptedJob({ deliver });
    await endedDelivery(api.store, sent, 'delivered', { target: 'bob@example.com' });
    expect((await list(api)).deliveries.toSorted((one) => (one.jobId === failed ? -1 : 1))).toMatchObject([
      { jobId: failed, id: 'email_1', kind: 'email', state: 'failed', attempts: 1, leadMagnet: { slug: 'test' } },
      { jobId: sent, state: 'delivered', target: 'bob@example.com', reason: null, lastError: null },
    ]);
    const error = 'the mail server refused: 550 no such person';
    expect((await list(api, '?state=failed')).deliveries).toMatchObject([{ jobId: failed, lastError: error }]);
    for (const query of ['to=ADA%2B', 'to=_100%25', `job=${failed}`, 'state=failed&kind=email&slug=test'])
      expect(jobsOf(await list(api, `?${query}`)), query).toEqual([failed]);
    for (const query of ['to=nobody', 'to=%25', 'kind=webhook', 'slug=other', 'state=uncertain', 'since=2999-01-01'])
      expect(jobsOf(await list(api, `?${query}`)), query).toEqual(query === 'to=%25' ? [failed] : []);
    expect(jobsOf(await list(api, '?since=2020-01-01T00:00:00Z'))).toHaveLength(2);
    const { changedAt = '' } = (await list(api, `?job=${sent}`)).deliveries[0] ?? {};
    const second = `${changedAt.slice(0, 19)}Z`;
    expect(jobsOf(await list(api, `?job=${sent}&since=${second}`))).toEqual([sent]);
    expect((await api.ask('/v1/deliveries?state=lost')).status).toBe(400);
  });

  it('comes in pages, each delivery once, although one changes meanwhile', async () => {
    const api = await testApi();
    const jobs: string[] = [];
    for (let count = 0; count < 5; count += 1) jobs.push(await api.acceptedJob({ deliver }));
    const first = await list(api, '?limit=2');
    await endedDelivery(api.store, first.deliveries[0]?.jobId ?? '', 'failed');
    const second = await list(api, `?limit=2&before=${first.next}`);
    const third = await list(api, `?limit=2&before=${second.next}`);
    expect([...jobsOf(first), ...jobsOf(second), ...jobsOf(third)].toSorted()).toEqual(jobs.toSorted());
    expect(third.next).toBeNull();
    expect((await problemOf(await api.ask('/v1/deliveries?before=nonsense'))).detail).toContain('before');
  });
});

describe('a delivery that a person wants sent again', () => {
  it('is one workflow for one number, however often it is asked for', async () => {
    const api = await testApi();
    const jobId = await api.acceptedJob({ deliver });
    const path = `/v1/jobs/${jobId}/deliveries/${await endedDelivery(api.store, jobId, 'failed')}/redeliver`;
    await endJob(api.store, jobId);
    const answers = await Promise.all([1, 2, 3].map(() => api.post(path, { number: 1, by: 'ann' })));
    expect(answers.map(({ status }) => status)).toEqual([202, 202, 202]);
    const redelivery = { jobId, deliveryId: 'email_1', number: 1 };
    expect(new Set(api.temporal.redelivered.map((one) => JSON.stringify(one)))).toEqual(
      new Set([JSON.stringify(redelivery)]),
    );
    expect((await list(api)).deliveries).toMatchObject([
      { state: 'waiting', redeliveries: 1, reason: null, attempts: 0 },
    ]);
    const [event] = await api.store.events.newest(jobId, 1);
    expect(event).toMatchObject({ type: 'delivery.again', message: 'email_1: ann wants it sent again' });
    expect((await problemOf(await api.post(path, { number: 2 }))).detail).toContain('under way');
    expect((await problemOf(await api.post(path, { number: 7 }))).detail).toContain('not the next');
    const word = { jobId, deliveryId: 'email_1', number: 0, state: 'failed', at: new Date().toISOString() } as const;
    await api.store.deliveries.change(word);
    expect((await list(api)).deliveries).toMatchObject([{ state: 'waiting' }]);
    await api.store.deliveries.change({ ...word, number: 1, state: 'delivered' });
    expect((await list(api)).deliveries).toMatchObject([{ state: 'delivered', redeliveries: 1 }]);
    expect((await api.post(path, { number: 1 })).status).toBe(202);
    expect((await list(api)).deliveries).toMatchObject([{ state: 'delivered', redeliveries: 1 }]);
  });

  it('is refused where it is under way, was never to be sent, or is not there', async () => {
    const api = await testApi();
    const jobId = await api.acceptedJob({ deliver });
    const again = (delivery: string) => api.post(`/v1/jobs/${jobId}/deliveries/${delivery}/redeliver`, {});
    expect((await again('email_1')).status).toBe(409);
    const reason = { type: 'dependency' as const, message: 'the job failed' };
    const at = new Date().toISOString();
    await api.store.deliveries.change({ jobId, deliveryId: 'email_1', number: 0, state: 'skipped', reason, at });
    expect((await problemOf(await again('email_1'))).detail).toContain('nothing is kept');
    expect((await list(api)).deliveries).toMatchObject([{ state: 'skipped', resendable: false }]);
    expect((await again('email_2')).status).toBe(404);
    expect(api.temporal.redelivered).toEqual([]);
  });

  it('is kept while Temporal is away, and is sent by itself once it is back', async () => {
    const api = await testApi();
    const jobId = await api.acceptedJob({ deliver });
    await endedDelivery(api.store, jobId, 'uncertain');
    api.temporal.reachable = false;
    const answer = await api.post(`/v1/jobs/${jobId}/deliveries/email_1/redeliver`, {});
    expect(answer.status).toBe(503);
    const outbox = { stores: api.store.stores, jobs: api.temporal, log: pino({ enabled: false }) };
    await startRedeliveries(outbox);
    api.temporal.reachable = true;
    await startRedeliveries(outbox);
    await startRedeliveries(outbox);
    expect(api.temporal.redelivered).toEqual([{ jobId, deliveryId: 'email_1', number: 1 }]);
  });
});
