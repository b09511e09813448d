/** Alerts by mail and webhook: a real SMTP server, a real receiver, and a ledger between them and a crash. */
import { describe, expect, it, onTestFinished } from 'vitest';
import { createNotifiers } from '../../../activities/alerts/notifiers.ts';
import { sendAlerts } from '../../../activities/alerts/send-alerts.ts';
import { createSmtpMail } from '../../../activities/deliveries/smtp-mail.ts';
import { failure } from '../../../activities/failure.ts';
import { createGuardedHttp } from '../../../activities/http/guarded-fetch.ts';
import type { Mail, Notifier } from '../../../activities/ports.ts';
import { startMailCatcher } from '../../../demo/receivers/mail-catcher.ts';
import type { StandingAlert } from '../../../store/platform/alerts.ts';
import { countingServer } from '../../support/http/counting-server.ts';
import { signingSecret, verified } from '../../support/http/signed-webhooks.ts';
import { temporaryStore } from '../../support/temporary-store.ts';

const { signal } = new AbortController();
const alert: StandingAlert = {
  key: 'batch_over_24_hours/batch_1',
  type: 'batch_over_24_hours',
  batchId: 'batch_1',
  message: 'batch batch_1 has run for more than 24 hours',
  since: '2026-01-01T00:00:00.000Z',
};
const noMail: Mail = { send: async () => Promise.reject(new Error('no mail here')) };

async function notifiers(
  settings: { mailTo?: readonly string[]; url?: string; secret?: string },
  mail: Mail = noMail,
  allowPrivateOrigins: readonly string[] = [],
) {
  const { ledger } = await temporaryStore();
  const http = createGuardedHttp({ allowPrivateOrigins });
  const { mailTo = [], url, secret } = settings;
  const made = createNotifiers({ ledger, mail, http, allowPrivateOrigins }, { mailTo, url, secret });
  return { made, ledger };
}

async function report(made: readonly Notifier[], alerts: readonly StandingAlert[] = [alert]) {
  const failures: unknown[] = [];
  const now = () => Date.parse('2026-01-01T01:00:00Z');
  const onFailure = (_by: string, _alert: StandingAlert, error: unknown) => void failures.push(error);
  const unsent = await sendAlerts({ notifiers: made, now, onFailure }, alerts, signal);
  return { unsent, failures };
}

describe('an alert', () => {
  it('P22: arrives as a mail to everybody who is to be notified, once', async () => {
    const catcher = await startMailCatcher();
    onTestFinished(() => catcher.close());
    const mail = createSmtpMail({ url: `smtp://127.0.0.1:${catcher.port}`, from: 'Lodestone <lodestone@localhost>' });
    const { made } = await notifiers({ mailTo: ['ann@example.com', 'bob@example.com'] }, mail);
    expect((await report(made)).unsent).toBe(0);
    expect((await report(made)).unsent).toBe(0);
    expect(catcher.messages()).toMatchObject([
      { to: ['ann@example.com', 'bob@example.com'], subject: `Lodestone alert: ${alert.message}` },
    ]);
    expect(catcher.messages()[0]?.text).toContain('lodestone batch show batch_1');
  });

  it('P20 P22: arrives at a webhook, signed and once, under one id, although the receiver was away at first', async () => {
    const statuses = [503, 200];
    const secret = signingSecret();
    const server = await countingServer((response) => response.writeHead(statuses.shift() ?? 500).end());
    const { made, ledger } = await notifiers({ url: `${server.origin}/alerts`, secret }, noMail, [server.origin]);
    expect((await report(made)).unsent).toBe(1);
    expect((await report(made)).unsent).toBe(0);
    expect((await report(made)).unsent).toBe(0);
    const key = `alert/${alert.key}/${alert.since}/0/webhook`;
    const ids = server.received.map((received) => verified(secret, received)['webhook-id']);
    expect(ids).toEqual([key.replaceAll('.', '_'), key.replaceAll('.', '_')]);
    const { type, batchId, message, since } = alert;
    const body = { type: 'alert', text: `Lodestone: ${message}`, alert: { type, batchId, message, since } };
    expect(JSON.parse(server.received[1]?.body ?? '')).toEqual(body);
    expect(await ledger.find(key)).toMatchObject({ state: 'done' });
  });

  it('P22: is sent again when a crash left it open, but not where a server refused it or may have it', async () => {
    const key = `alert/${alert.key}/${alert.since}/0/mail`;
    for (const [state, sends] of [
      ['intended', 1],
      ['uncertain', 0],
      ['failed', 0],
    ] as const) {
      let sent = 0;
      const mail: Mail = {
        send: async () => {
          sent += 1;
          return { refused: [] };
        },
      };
      const { made, ledger } = await notifiers({ mailTo: ['ann@example.com'] }, mail);
      await ledger.write({ key, jobId: 'batch_1', kind: 'alert', state, data: {} });
      await report(made);
      expect(sent, state).toBe(sends);
    }
    const refusing: Mail = { send: async () => Promise.reject(failure('receiver_refused', 'no such person')) };
    const refused = await notifiers({ mailTo: ['ann@example.com'] }, refusing);
    expect((await report(refused.made)).unsent).toBe(1);
    expect(await refused.ledger.find(key)).toMatchObject({ state: 'failed' });
    expect((await report(refused.made)).unsent).toBe(0);
  });

  it('P22: that a mail server does not take for one of the receivers is reported, and is not sent again to the others', async () => {
    let sent = 0;
    const mail: Mail = {
      send: async () => {
        sent += 1;
        return { refused: ['bob@example.com: 550 unknown'] };
      },
    };
    const { made } = await notifiers({ mailTo: ['ann@example.com', 'bob@example.com'] }, mail);
    const { failures } = await report(made);
    expect(String(failures)).toContain('bob@example.com: 550 unknown');
    expect((await report(made)).unsent).toBe(0);
    expect(sent).toBe(1);
  });

  it('P22: that one receiver does not take reaches the other, and holds up no later alert', async () => {
    const server = await countingServer((response) => response.writeHead(200).end());
    const settings = { mailTo: ['ann@example.com'], url: server.origin };
    const { made } = await notifiers(settings, noMail, [server.origin]);
    const other: StandingAlert = { ...alert, key: 'items_stuck', type: 'items_stuck', batchId: null };
    expect((await report(made, [alert, other])).unsent).toBe(2);
    expect(server.received).toHaveLength(2);
  });

  it('P22: goes to no private address that is not listed', async () => {
    const server = await countingServer();
    const { made } = await notifiers({ url: server.origin });
    const { unsent, failures } = await report(made);
    expect([unsent, failures]).toMatchObject([1, [{ type: 'egress_refused' }]]);
    expect(server.connections).toBe(0);
  });
});
