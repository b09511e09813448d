/** Receivers that have moved: what is sent to them arrives whole or does not count as sent. */
import { describe, expect, it } from 'vitest';
import { createNotifiers } from '../../../activities/alerts/notifiers.ts';
import { createDeliver } from '../../../activities/deliveries/deliver.ts';
import { createGuardedHttp } from '../../../activities/http/guarded-fetch.ts';
import type { Mail } from '../../../activities/ports.ts';
import { createRunWebhook } from '../../../activities/webhook/run-webhook.ts';
import { activityPlace, deliveryInput, job, stepInput, storeWithJob } from '../../support/jobs/activity-inputs.ts';
import { countingServer } from '../../support/http/counting-server.ts';
import { signingSecret, verified } from '../../support/http/signed-webhooks.ts';

const mail: Mail = { send: async () => Promise.reject(new Error('no mail here')) };

/** Answers `/` with a redirect to `/moved`, and takes what comes there. */
async function movedReceiver(status: number) {
  const server = await countingServer((response, { url }) =>
    url === '/' ? response.writeHead(status, { location: '/moved?token=s3cret' }).end() : response.end('{}'),
  );
  const allowPrivateOrigins = [server.origin];
  const step = { kind: 'webhook', id: 'hook', url: `${server.origin}/`, secret: '{{secret.crm}}' };
  const deliver = [{ kind: 'webhook', url: `${server.origin}/`, secret: '{{secret.crm}}' }];
  const network = { navigate: [server.origin] };
  const { store, definition } = await storeWithJob({ steps: [step], deliver, network });
  const http = createGuardedHttp({ allowPrivateOrigins });
  const secrets = { crm: signingSecret() };
  const runStep = () =>
    activityPlace().run(createRunWebhook({ store, http, secrets, allowPrivateOrigins }), stepInput(definition));
  const runDelivery = () =>
    activityPlace().run(
      createDeliver({ store, http, mail, secrets, allowPrivateOrigins }),
      deliveryInput(definition, {}),
    );
  const alert = {
    key: 'a',
    type: 'items_stuck',
    batchId: null,
    message: 'm',
    since: '2026-01-01T00:00:00.000Z',
  } as const;
  const settings = { mailTo: [], url: `${server.origin}/`, secret: secrets.crm };
  const [notifier] = createNotifiers({ ledger: store.ledger, mail, http, allowPrivateOrigins }, settings);
  const runAlert = async () => notifier?.notify('alert/a', alert, new AbortController().signal);
  const messages = async () => (await store.events.newest(job.id, 20)).map(({ message }) => message).join('\n');
  return { secret: secrets.crm, server, store, runStep, runDelivery, runAlert, messages };
}

const keys = { runStep: 'job-1/hook/1', runDelivery: 'job-1/delivery/webhook_1', runAlert: 'alert/a' } as const;
const senders = ['runStep', 'runDelivery', 'runAlert'] as const;

describe('a receiver that has moved', () => {
  it.each(senders.flatMap((sender) => [301, 302, 303].map((status) => [sender, status] as const)))(
    'A13: to whom %s sends gets no GET for a POST by %d: it ends as refused, with the place it points to',
    async (sender, status) => {
      const receiver = await movedReceiver(status);
      const place = `the receiver answered ${status} and points to ${receiver.server.origin}/moved?…`;
      await expect(receiver[sender]()).rejects.toMatchObject({
        type: 'receiver_refused',
        nonRetryable: true,
        message: expect.stringContaining(place),
      });
      expect(receiver.server.received).toHaveLength(1);
      expect(await receiver.store.ledger.find(keys[sender])).toMatchObject({ state: 'failed', data: { status } });
      expect(await receiver.messages()).not.toContain('s3cret');
    },
  );

  it.each(senders.flatMap((sender) => [307, 308].map((status) => [sender, status] as const)))(
    'A13: to whom %s sends gets the same by %d, and the record shows the way',
    async (sender, status) => {
      const { secret, server, store, ...run } = await movedReceiver(status);
      await run[sender]();
      const [first, second] = server.received;
      expect(second).toMatchObject({ method: 'POST', url: '/moved?token=s3cret', body: first?.body });
      expect(first?.body).not.toBe('');
      expect(verified(secret, second)).toMatchObject({ 'webhook-id': keys[sender] });
      const redirects = [{ status, to: `${server.origin}/moved?…` }];
      expect(await store.ledger.find(keys[sender])).toMatchObject({ state: 'done', data: { redirects } });
    },
  );

  it('is recorded in the output of a step and in the event of a delivery', async () => {
    const { server, runStep, runDelivery, messages } = await movedReceiver(307);
    const redirects = [{ status: 307, to: `${server.origin}/moved?…` }];
    expect(await runStep()).toMatchObject({ output: { value: { status: 200, redirects } } });
    await runDelivery();
    expect(await messages()).toContain(`redirected (307) to ${server.origin}/moved?…`);
  });
});
