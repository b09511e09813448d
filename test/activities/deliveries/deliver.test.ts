import { describe, expect, it } from 'vitest';
import { createDeliver, createRedeliver } from '../../../activities/deliveries/deliver.ts';
import { classifySmtpError } from '../../../activities/deliveries/smtp-mail.ts';
import { createGuardedHttp } from '../../../activities/http/guarded-fetch.ts';
import type { Mail, MailMessage, MailReceipt } from '../../../activities/ports.ts';
import { activityPlace, deliveryInput, job, storeWithJob } from '../../support/jobs/activity-inputs.ts';
import { countingServer } from '../../support/http/counting-server.ts';
import { aiStep } from '../../support/definitions.ts';
import { signingSecret, verified } from '../../support/http/signed-webhooks.ts';

class FakeMail implements Mail {
  readonly sent: MailMessage[] = [];
  fail: Error | null = null;

  refused: readonly string[] = [];

  async send(message: MailMessage): Promise<MailReceipt> {
    this.sent.push(message);
    if (this.fail !== null) throw this.fail;
    return { refused: this.refused };
  }
}

const secret = signingSecret();
const email = { kind: 'email', to: '{{form.email}}', subject: 'Your\nresult' };
const key = `${job.id}/delivery/email_1`;
const mailRow = { key, jobId: job.id, kind: 'email', data: {} };

async function delivering(delivery: { kind: string; [key: string]: string }, allowPrivateOrigins: string[] = []) {
  const { store, definition } = await storeWithJob({ steps: [aiStep('write')], deliver: [delivery] });
  const mail = new FakeMail();
  const http = createGuardedHttp({ allowPrivateOrigins });
  const dependencies = { store, http, mail, secrets: { crm: secret }, allowPrivateOrigins };
  const deliver = createDeliver(dependencies);
  const input = deliveryInput(definition, { form: { email: 'ann@example.com' } });
  const run = (parts: Partial<typeof input> = {}) => activityPlace().run(deliver, { ...input, ...parts });
  const runWith = async (parts: Partial<typeof input>) => {
    await run(parts);
    return { ...input, ...parts };
  };
  const row = async () => (await store.jobViews.find(job.id))?.deliveries[0];
  const redelivery = { jobId: job.id, deliveryId: 'email_1' };
  const again = (number: number) => activityPlace().run(createRedeliver(dependencies), { ...redelivery, number });
  return { store, mail, run, runWith, row, again };
}

describe('a mail', () => {
  it('is sent once: a later attempt that finds it done sends nothing', async () => {
    const { store, mail, run, row } = await delivering(email);
    expect(await run()).toEqual({ state: 'delivered' });
    expect(await run()).toEqual({ state: 'delivered' });
    expect(mail.sent).toEqual([expect.objectContaining({ key, to: 'ann@example.com', subject: 'Your result' })]);
    expect(await store.ledger.find(key)).toMatchObject({ state: 'done' });
    expect(await row()).toMatchObject({ state: 'delivered', target: 'ann@example.com' });
  });

  it.each(['intended', 'uncertain'] as const)('found %s is left to a person, and stays so', async (state) => {
    const { store, mail, run } = await delivering(email);
    await store.ledger.write({ ...mailRow, state });
    await expect(run()).rejects.toMatchObject({ type: 'effect_uncertain', nonRetryable: true });
    expect(mail.sent).toEqual([]);
    expect(await store.ledger.find(key)).toMatchObject({ state: 'uncertain' });
  });

  it('that the server refused or could not take is sent again by the next attempt', async () => {
    const { store, mail, run } = await delivering(email);
    mail.fail = classifySmtpError(Object.assign(new Error('busy'), { responseCode: 451 }), true);
    await expect(run()).rejects.toMatchObject({ type: 'receiver_unavailable' });
    expect(await store.ledger.find(key)).toMatchObject({ state: 'failed' });
    mail.fail = null;
    await run();
    expect(mail.sent).toHaveLength(2);
  });

  it.each([
    ['whose server had it whole and never answered', classifySmtpError(new Error('reset'), true)],
    ['whose sending broke in a way that nobody knows', new RangeError('bug')],
  ])('%s is uncertain, and is not sent again', async (_title, fail) => {
    const { store, mail, run } = await delivering(email);
    mail.fail = fail;
    await expect(run()).rejects.toMatchObject({ type: 'effect_uncertain', nonRetryable: true });
    expect(await store.ledger.find(key)).toMatchObject({ state: 'uncertain' });
    mail.fail = null;
    await expect(run()).rejects.toMatchObject({ type: 'effect_uncertain' });
    expect(mail.sent).toHaveLength(1);
  });

  it('whose attachment no step made is a mistake of the definition, and is not sent', async () => {
    const { store, definition } = await storeWithJob({ steps: [aiStep('write')], deliver: [email] });
    const mail = new FakeMail();
    const http = createGuardedHttp({ allowPrivateOrigins: [] });
    const deliver = createDeliver({ store, http, mail, secrets: {}, allowPrivateOrigins: [] });
    const delivery = { kind: 'email' as const, to: 'a@example.com', subject: 's', attach: ['report.pdf'] };
    const attempt = activityPlace().run(deliver, deliveryInput(definition, { delivery }));
    await expect(attempt).rejects.toMatchObject({ type: 'step_definition' });
    expect(mail.sent).toEqual([]);
    expect(await store.ledger.find(key)).toBeNull();
  });
});

describe('two attempts of a mail at the same time', () => {
  it('send it once, although the first stood still until the second had sent it', async () => {
    const { store, mail, run, row } = await delivering(email);
    const [stands, goesOn] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    const claim = store.ledger.claim.bind(store.ledger);
    let claims = 0;
    store.ledger.claim = async (intended) => {
      claims += 1;
      if (claims === 1) {
        stands.resolve();
        await goesOn.promise;
      }
      return claim(intended);
    };
    const first = run();
    await stands.promise;
    expect(await run()).toEqual({ state: 'delivered' });
    goesOn.resolve();
    expect(await first).toEqual({ state: 'delivered' });
    expect(mail.sent).toHaveLength(1);
    expect(await store.ledger.find(key)).toMatchObject({ state: 'done' });
    expect(await row()).toMatchObject({ state: 'delivered' });
  });
});

describe('what becomes of a delivery', () => {
  it('is recorded as it happens: a mail that is put off is retried, and a refused one has failed at once', async () => {
    const { mail, run, row, store } = await delivering(email);
    mail.fail = classifySmtpError(Object.assign(new Error('451 later'), { responseCode: 451 }), true);
    await expect(run()).rejects.toMatchObject({ nonRetryable: false });
    expect(await row()).toMatchObject({ state: 'retrying', reason: null, attempts: 1 });
    expect((await row())?.lastError).toContain('451 later');
    mail.fail = classifySmtpError(Object.assign(new Error('550 no such person'), { responseCode: 550 }), true);
    await expect(run()).rejects.toMatchObject({ type: 'receiver_refused', nonRetryable: true });
    expect(await row()).toMatchObject({ state: 'failed', reason: { type: 'receiver_refused' } });
    const types = (await store.events.newest(job.id, 10)).map(({ type }) => type);
    expect(types).toEqual(['delivery.failed', 'delivery.attempt_failed', 'delivery.attempt_failed']);
  });

  it('is uncertain at once where only a person can know', async () => {
    const { mail, run, row } = await delivering(email);
    mail.fail = classifySmtpError(new Error('reset'), true);
    await expect(run()).rejects.toThrow('reset');
    expect(await row()).toMatchObject({ state: 'uncertain', reason: { type: 'effect_uncertain' } });
  });

  it('names the receivers that the mail server did not take', async () => {
    const to = '{{form.email}}, bob@example.com';
    const { store, mail, run, row } = await delivering({ ...email, to });
    mail.refused = ['bob@example.com: 550 unknown'];
    await run();
    expect(await row()).toMatchObject({ state: 'delivered', lastError: 'not to all: bob@example.com: 550 unknown' });
    const [event] = await store.events.newest(job.id, 1);
    expect(event?.message).toContain('not to all: bob@example.com');
    expect(await store.ledger.find(key)).toMatchObject({ data: { refused: mail.refused } });
  });

  it('names them too when the attempt that sent it died before it could', async () => {
    const { store, mail, run, row } = await delivering(email);
    await store.ledger.write({ ...mailRow, state: 'done', data: { refused: ['bob@example.com: 550 unknown'] } });
    await run();
    expect(mail.sent).toEqual([]);
    expect(await row()).toMatchObject({ state: 'delivered', lastError: 'not to all: bob@example.com: 550 unknown' });
  });

  it('keeps what it was sent with, for a later sending', async () => {
    const { store, run, runWith } = await delivering(email);
    const artifact = { name: 'report.pdf', mediaType: 'application/pdf', bytes: 3, sha256: 'a'.repeat(64) };
    const outputs = { write: { kind: 'inline' as const, value: { text: 'long' } }, look: null };
    const looked = { ...job, look: { language: 'de', logo: 'https://example.com/logo.png' } };
    const input = await runWith({ artifacts: [artifact], outputs, job: looked });
    await run({ artifacts: [] });
    expect(await store.deliveries.input(job.id, 'email_1')).toEqual(input);
    expect(await store.deliveries.input(job.id, 'email_2')).toBeNull();
  });
});

describe('an answer of a mail server', () => {
  it.each([
    [550, 'receiver_refused', true],
    [535, 'receiver_refused', true],
    [451, 'receiver_unavailable', false],
    [421, 'receiver_unavailable', false],
    [undefined, 'receiver_unavailable', false],
  ])('with the code %s is %s', (responseCode, type, nonRetryable) => {
    const error = classifySmtpError(Object.assign(new Error('no'), { responseCode }), false);
    expect(error).toMatchObject({ type, nonRetryable });
  });
});

describe('a delivery that is sent again', () => {
  it('is sent with what it was sent with, under a key and a row of its own, also where the first is uncertain', async () => {
    const { store, mail, run, row, again } = await delivering(email);
    mail.fail = classifySmtpError(new Error('reset'), true);
    await expect(run({ form: { email: 'ann@example.com' } })).rejects.toThrow('reset');
    mail.fail = null;
    const wish = { jobId: job.id, deliveryId: 'email_1', by: 'ann', number: 1, at: new Date() };
    expect(await store.deliveries.askAgain(wish)).toMatchObject({ as: 'taken' });
    for (const _ of ['attempt', 'attempt after a crash']) expect(await again(1)).toEqual({ state: 'delivered' });
    expect(mail.sent.map((message) => [message.key, message.to])).toEqual([
      [key, 'ann@example.com'],
      [`${key}/1`, 'ann@example.com'],
    ]);
    expect(await store.ledger.find(key)).toMatchObject({ state: 'uncertain' });
    expect(await store.ledger.find(`${key}/1`)).toMatchObject({ state: 'done' });
    expect(await row()).toMatchObject({ state: 'delivered', redeliveries: 1, reason: null });
    await expect(run()).rejects.toThrow('may have arrived');
    expect(await row()).toMatchObject({ state: 'delivered' });
  });

  it('of which nothing is kept is refused', async () => {
    const { again } = await delivering(email);
    await expect(again(1)).rejects.toMatchObject({ type: 'step_definition', nonRetryable: true });
  });
});

describe('a template that a definition of old still has', () => {
  it.each([
    ['in its subject', { subject: `{{${' '.repeat(500)}form.email}}` }],
    ['in its receiver', { to: `{{${' '.repeat(500)}form.email}}` }],
  ])('%s ends the delivery at once, with the words for its author', async (_where, text) => {
    const { mail, run } = await delivering(email);
    const delivery = { kind: 'email' as const, to: 'ann@example.com', subject: 's', attach: [], ...text };
    await expect(run({ delivery })).rejects.toMatchObject({
      type: 'step_definition',
      nonRetryable: true,
      message: expect.stringContaining('a template cannot be used: a tag has more than'),
    });
    expect(mail.sent).toEqual([]);
  });
});

describe('a filled-in receiver', () => {
  it('that became two is refused, and nothing is sent', async () => {
    const { mail, run, row } = await delivering(email);
    const form = { email: 'ann@example.com, spy@example.com' };
    await expect(run({ form })).rejects.toMatchObject({ type: 'step_definition', nonRetryable: true });
    expect(mail.sent).toEqual([]);
    expect(await row()).toMatchObject({ state: 'failed' });
  });
});

describe('a webhook delivery', () => {
  it('A13: contains the job, the form and where the files are, and is signed by a secret that goes nowhere', async () => {
    const server = await countingServer();
    const delivery = { kind: 'webhook', url: `${server.origin}/hook`, secret: '{{secret.crm}}' };
    const { run, store } = await delivering(delivery, [server.origin]);
    const artifact = { name: 'report.pdf', mediaType: 'application/pdf', bytes: 3, sha256: 'a'.repeat(64) };
    await run({ artifacts: [artifact] });
    const body: unknown = JSON.parse(server.received[0]?.body ?? '');
    expect(body).toMatchObject({
      job: { id: job.id, outcome: 'completed' },
      form: { email: 'ann@example.com' },
      artifacts: [{ ...artifact, url: 'https://lodestone.example/v1/jobs/job-1/artifacts/report.pdf' }],
    });
    const reported = JSON.stringify([server.received, await store.events.newest(job.id, 100)]);
    expect(reported).not.toContain(secret);
    expect(verified(secret, server.received[0])['webhook-id']).toBe(`${job.id}/delivery/webhook_1`);
  });

  it('to a private address, or with a secret that is not set, is refused for good', async () => {
    const forbidden = await countingServer();
    const { run } = await delivering({ kind: 'webhook', url: forbidden.origin });
    await expect(run()).rejects.toMatchObject({ type: 'egress_refused', nonRetryable: true });
    expect(forbidden.connections).toBe(0);
    const unset = await delivering({ kind: 'webhook', url: 'https://example.com', secret: '{{secret.other}}' });
    await expect(unset.run()).rejects.toMatchObject({ type: 'step_definition', nonRetryable: true });
  });

  it('that failed is recorded in the events, with its attempt', async () => {
    const { run, store } = await delivering({ kind: 'webhook', url: 'http://127.0.0.1:1' });
    await expect(run()).rejects.toThrow('not a public address');
    const types = (await store.events.newest(job.id, 10)).map(({ type }) => type);
    expect(types).toContain('delivery.attempt_failed');
  });
});
