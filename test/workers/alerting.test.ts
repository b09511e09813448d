import { expect, it, onTestFinished } from 'vitest';
import { startWebhookReceiver } from '../../demo/receivers/webhook-receiver.ts';
import { newWebhookSecret } from '../../demo/model-server/webhook.ts';
import { alertOfGivenUp } from '../../workers/alerting.ts';
import { readWorkerConfig } from '../../workers/config.ts';
import { temporaryStore } from '../support/temporary-store.ts';

it('people are notified that the installation ends, without what a process wrote last', async () => {
  const secret = newWebhookSecret();
  const receiver = await startWebhookReceiver({ secret });
  onTestFinished(() => receiver.close());
  const { settings } = readWorkerConfig({
    LODESTONE_ALERT_URL: receiver.url,
    LODESTONE_ALERT_SECRET: secret,
    LODESTONE_ALLOW_PRIVATE_ORIGINS: new URL(receiver.url).origin,
  });
  const said: string[] = [];
  const problem = new Error('api is given up: it died 6 times within 10 minutes\nsomething that it wrote');
  await alertOfGivenUp(settings, (await temporaryStore()).stores, problem, (line) => said.push(line));
  expect(receiver.deliveries).toMatchObject([{ outcome: 'accepted' }]);
  const message = 'the installation has stopped: api is given up: it died 6 times within 10 minutes';
  expect(JSON.parse(receiver.deliveries[0]?.body ?? '')).toMatchObject({ alert: { type: 'part_given_up', message } });
  expect(said).toEqual([]);
});

it('a receiver that cannot be reached is reported, and nothing fails', async () => {
  const { settings } = readWorkerConfig({
    LODESTONE_ALERT_URL: 'http://127.0.0.1:9/',
    LODESTONE_ALLOW_PRIVATE_ORIGINS: 'http://127.0.0.1:9',
  });
  const said: string[] = [];
  await alertOfGivenUp(settings, (await temporaryStore()).stores, new Error('api is given up'), (line) =>
    said.push(line),
  );
  expect(said).toEqual([expect.stringContaining('people could not be told by webhook that the installation ends')]);
});
