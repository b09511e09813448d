/**
 * Delivers a job's result by e-mail or webhook. Each delivery has a key and a ledger row: a webhook is repeated under
 * its key, while a mail whose sending was cut off is left to a person, since no mail server can tell a repeat.
 */
import { Context } from '@temporalio/activity';
import { ApplicationFailure } from '@temporalio/common';
import type { Store } from '../../store/store.ts';
import type { DeliveryActivityInput, DeliveryActivityResult } from '../../workflows/contract/job.ts';
import type { JsonObject } from '../../workflows/contract/json.ts';
import type { EmailDelivery, WebhookDelivery } from '../../workflows/contract/lead-magnet.ts';
import { urlProblem } from '../../workflows/contract/network.ts';
import { fillTemplate } from '../../workflows/contract/template.ts';
import { failure } from '../failure.ts';
import type { GuardedHttp } from '../http/guarded-fetch.ts';
import { refusePrivate } from '../network-policy.ts';
import type { Mail } from '../ports.ts';
import { recordTransitions } from '../records/recorded.ts';
import { fillSecret, fillSecrets, type Secrets } from '../secrets.ts';
import { templateData } from '../step-data.ts';
import { byWayOf, callWebhook } from '../webhook/call.ts';

export interface DeliveryDependencies {
  readonly store: Store;
  readonly http: GuardedHttp;
  readonly mail: Mail;
  readonly secrets: Secrets;
  readonly allowPrivateOrigins: readonly string[];
}

export function createDeliver(
  dependencies: DeliveryDependencies,
): (input: DeliveryActivityInput) => Promise<DeliveryActivityResult> {
  return async (input) => {
    const { store } = dependencies;
    const { attempt } = Context.current().info;
    await recordTransitions(store, input.job.id, input.transitions);
    await store.jobs.decide(input.job.id, input.outcome, input.reason);
    const data = await templateData(store.artifacts, input);
    const target = fillTemplate(targetOf(input), data, input.delivery.kind === 'email' ? 'text' : 'url');
    const change = { jobId: input.job.id, deliveryId: input.deliveryId, attempts: attempt, target };
    await store.jobs.changeDelivery({ ...change, state: 'sending', at: new Date().toISOString() });
    let way = '';
    try {
      way = await send(dependencies, input, data, target);
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      await event(store, input, 'delivery.attempt_failed', `attempt ${attempt} failed: ${message}`);
      throw error;
    }
    await store.jobs.changeDelivery({ ...change, state: 'delivered', at: new Date().toISOString() });
    await event(store, input, 'delivery.delivered', `${input.delivery.kind} delivered to ${target}${way}`);
    return { state: 'delivered' };
  };
}

function targetOf({ delivery }: DeliveryActivityInput): string {
  return delivery.kind === 'email' ? delivery.to : delivery.url;
}

async function event(store: Store, input: DeliveryActivityInput, type: string, message: string): Promise<void> {
  await store.events.append({ jobId: input.job.id, type, message, data: { delivery: input.deliveryId } });
}

/** Sends it, and says by which redirects it went; empty when it went straight. */
async function send(
  dependencies: DeliveryDependencies,
  input: DeliveryActivityInput,
  data: JsonObject,
  target: string,
): Promise<string> {
  switch (input.delivery.kind) {
    case 'email':
      await sendEmail(dependencies, input, input.delivery, data, target);
      return '';
    case 'webhook':
      return sendWebhook(dependencies, input, input.delivery, data, target);
  }
}

async function sendEmail(
  { store, mail }: DeliveryDependencies,
  input: DeliveryActivityInput,
  delivery: EmailDelivery,
  data: JsonObject,
  to: string,
): Promise<void> {
  const key = `${input.job.id}/delivery/${input.deliveryId}`;
  const row = { key, jobId: input.job.id, kind: 'email', data: { to } };
  const before = await store.ledger.find(key);
  if (before?.state === 'done') return;
  if (before?.state === 'intended' || before?.state === 'uncertain') {
    await store.ledger.write({ ...row, state: 'uncertain' });
    throw failure(
      'effect_uncertain',
      `a mail to ${to} was being sent when an attempt was cut off; it may have arrived`,
    );
  }
  const attachments = await Promise.all(delivery.attach.map((name) => attachment(store, input, name)));
  const text = fillTemplate(delivery.text ?? defaultText, data, 'text');
  const subject = fillTemplate(delivery.subject, data, 'text').replaceAll(/\s+/g, ' ');
  await store.ledger.write({ ...row, state: 'intended' });
  try {
    await mail.send({ key, to, subject, text, html: null, attachments }, Context.current().cancellationSignal);
  } catch (error) {
    const state = isCertain(error) ? 'failed' : 'uncertain';
    await store.ledger.write({ ...row, state });
    throw state === 'failed' ? error : uncertain(to, error);
  }
  await store.ledger.write({ ...row, state: 'done' });
}

/** Whether the mail was not taken for certain: only then may it be sent again. */
function isCertain(error: unknown): boolean {
  return error instanceof ApplicationFailure && error.type !== 'effect_uncertain';
}

function uncertain(to: string, error: unknown): Error {
  if (error instanceof ApplicationFailure) return error;
  const message = error instanceof Error ? error.message : String(error);
  return failure('effect_uncertain', `a mail to ${to} may have arrived: ${message}`, { cause: error });
}

const defaultText = 'Your result is attached.\n\n{{leadMagnet.name}}\n';

async function attachment(
  store: Store,
  input: DeliveryActivityInput,
  name: string,
): Promise<{ name: string; mediaType: string; content: Uint8Array }> {
  const artifact = input.artifacts.find((candidate) => candidate.name === name);
  if (artifact === undefined) throw failure('step_definition', `no step of this job made ${name}`);
  return { name, mediaType: artifact.mediaType, content: await store.artifacts.getContent(artifact.sha256) };
}

async function sendWebhook(
  { store, http, secrets, allowPrivateOrigins }: DeliveryDependencies,
  input: DeliveryActivityInput,
  delivery: WebhookDelivery,
  data: JsonObject,
  url: string,
): Promise<string> {
  refusePrivate(allowPrivateOrigins, url);
  const { job, artifacts, outcome } = input;
  const files = artifacts.map(({ name, mediaType, bytes, sha256 }) => {
    const address = job.url === null ? null : new URL(`/v1/jobs/${job.id}/artifacts/${name}`, job.url).href;
    return { name, mediaType, bytes, sha256, url: address };
  });
  const call = {
    key: `${job.id}/delivery/${input.deliveryId}`,
    jobId: job.id,
    url,
    method: 'POST',
    headers: fillSecrets(delivery.headers, data, secrets),
    body: JSON.stringify({ type: 'job.delivered', job: { ...job, outcome }, form: input.form, artifacts: files }),
    secret: delivery.secret === undefined ? null : fillSecret(delivery.secret, data, secrets),
    timeoutSeconds: delivery.timeoutSeconds,
    permits: (next: string) => urlProblem(next, { allowPrivateOrigins }),
  };
  // Taken already, by an attempt that died before it could say so.
  if ((await store.ledger.find(call.key))?.state === 'done') return '';
  const { redirects } = await callWebhook({ http, ledger: store.ledger }, call, Context.current().cancellationSignal);
  return byWayOf(redirects);
}
