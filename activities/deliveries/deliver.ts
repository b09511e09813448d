/**
 * Delivers a job's result by e-mail or webhook, and records its progress. Each delivery has a key and a ledger row: a
 * webhook is repeated under its key, while a mail whose sending was interrupted is left for a person to decide.
 */
import { Context } from '@temporalio/activity';
import { ApplicationFailure } from '@temporalio/common';
import type { DeliveryChange } from '../../store/deliveries/deliveries.ts';
import type { Store } from '../../store/store.ts';
import type { Reason } from '../../workflows/contract/failures.ts';
import type {
  DeliveryActivityInput,
  DeliveryActivityResult,
  RedeliveryInput,
} from '../../workflows/contract/jobs/job.ts';
import type { JsonObject } from '../../workflows/contract/json/json.ts';
import type { WebhookDelivery } from '../../workflows/contract/lead-magnets/lead-magnet.ts';
import { deliveryKey } from '../../workflows/contract/names.ts';
import { urlProblem } from '../../workflows/contract/computer-use/network.ts';
import { fillTemplate } from '../../workflows/contract/lead-magnets/template.ts';
import { failure, knownFailureType } from '../failure.ts';
import { withHeartbeat } from '../heartbeat.ts';
import type { GuardedHttp } from '../http/guarded-fetch.ts';
import { refusePrivate } from '../network-policy.ts';
import type { Mail } from '../ports.ts';
import { ofDefinition, recordTransitions } from '../records/recorded.ts';
import { fillSecret, fillSecrets, type Secrets } from '../secrets.ts';
import { templateData } from '../step-data.ts';
import { byWayOf, callWebhook, redirectsIn } from '../webhook/call.ts';
import { sendEmail } from './send-email.ts';
import type { Sent } from './sent.ts';

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
    await store.together(input.job.id, async (parts) => {
      await recordTransitions(parts, input.job.id, input.transitions);
      await parts.jobs.decide(input.job.id, input.outcome, input.reason);
      await parts.deliveries.keepInput(input);
    });
    return withHeartbeat(input.deliveryId, () => deliver(dependencies, input, 0));
  };
}

/** Sends a delivery again, with the same content and under a key of its own. */
export function createRedeliver(
  dependencies: DeliveryDependencies,
): (redelivery: RedeliveryInput) => Promise<DeliveryActivityResult> {
  return async ({ jobId, deliveryId, number }) => {
    const input = await dependencies.store.deliveries.input(jobId, deliveryId);
    if (input === null) throw failure('step_definition', `nothing is kept of what ${deliveryId} would be sent with`);
    return withHeartbeat(deliveryId, () => deliver(dependencies, input, number));
  };
}

/** One attempt. `number` is 0 for the job's own delivery, and counts the repetitions that people asked for. */
async function deliver(
  dependencies: DeliveryDependencies,
  input: DeliveryActivityInput,
  number: number,
): Promise<DeliveryActivityResult> {
  const { store } = dependencies;
  const attempts = Context.current().info.attempt;
  const data = await templateData(store.artifacts, input);
  const target = targetOf(input, data);
  const place = { jobId: input.job.id, deliveryId: input.deliveryId, number, attempts, target };
  const change = async (parts: Pick<DeliveryChange, 'state' | 'reason' | 'lastError'>, type?: string, message = '') => {
    const event = type === undefined ? undefined : { type, message, data: { delivery: input.deliveryId } };
    await store.deliveries.change({ ...place, ...parts, at: new Date().toISOString() }, event);
  };
  await change({ state: 'sending' });
  try {
    const { way, refused } = await send(dependencies, input, { data, target, number });
    const partly = refused.length === 0 ? '' : `; not to all: ${refused.join('; ')}`;
    const description = `${input.delivery.kind} delivered to ${target}${way}${partly}`;
    await change(
      { state: 'delivered', reason: null, lastError: partly === '' ? null : partly.slice(2) },
      'delivery.delivered',
      description,
    );
    return { state: 'delivered' };
  } catch (thrown) {
    const error = ofDefinition(thrown);
    const message = error instanceof Error ? error.message : String(error);
    // A cancellation is no failure of the attempt; the workflow records it.
    if (!(error instanceof ApplicationFailure) && Context.current().cancellationSignal.aborted) throw error;
    const description = `attempt ${attempts} failed: ${message}`;
    const end = endOf(error);
    if (end === null) {
      await change({ state: 'retrying', lastError: message }, 'delivery.attempt_failed', description);
    } else {
      const data = { delivery: input.deliveryId };
      await store.events.append({ jobId: input.job.id, type: 'delivery.attempt_failed', message: description, data });
      const ended = `${input.deliveryId}: ${end.state}: ${message}`;
      await change({ ...end, lastError: message }, `delivery.${end.state}`, ended);
    }
    throw error;
  }
}

/** The delivery's end after a failure that is not retried; null for one that is. */
function endOf(error: unknown): { readonly state: 'failed' | 'uncertain'; readonly reason: Reason } | null {
  if (!(error instanceof ApplicationFailure) || error.nonRetryable !== true) return null;
  const type = knownFailureType(error) ?? 'unexpected';
  return { state: type === 'effect_uncertain' ? 'uncertain' : 'failed', reason: { type, message: error.message } };
}

function targetOf({ delivery }: DeliveryActivityInput, data: JsonObject): string {
  try {
    return delivery.kind === 'email'
      ? fillTemplate(delivery.to, data, 'text')
      : fillTemplate(delivery.url, data, 'url');
  } catch (error) {
    throw ofDefinition(error);
  }
}

interface Sending {
  readonly data: JsonObject;
  readonly target: string;
  readonly number: number;
}

async function send(dependencies: DeliveryDependencies, input: DeliveryActivityInput, sending: Sending): Promise<Sent> {
  const { delivery } = input;
  const key = deliveryKey(input.job.id, input.deliveryId, sending.number);
  return delivery.kind === 'email'
    ? sendEmail(dependencies, input, { delivery, key, data: sending.data, to: sending.target })
    : sendWebhook(dependencies, input, { delivery, key, data: sending.data, url: sending.target });
}

async function sendWebhook(
  { store, http, secrets, allowPrivateOrigins }: DeliveryDependencies,
  input: DeliveryActivityInput,
  calling: {
    readonly delivery: WebhookDelivery;
    readonly key: string;
    readonly data: JsonObject;
    readonly url: string;
  },
): Promise<Sent> {
  const { delivery, key, data, url } = calling;
  refusePrivate(allowPrivateOrigins, url);
  const { job, artifacts, outcome } = input;
  const files = artifacts.map(({ name, mediaType, bytes, sha256 }) => {
    const address = job.url === null ? null : new URL(`/v1/jobs/${job.id}/artifacts/${name}`, job.url).href;
    return { name, mediaType, bytes, sha256, url: address };
  });
  const call = {
    key,
    jobId: job.id,
    url,
    method: 'POST',
    headers: fillSecrets(delivery.headers, data, secrets),
    body: JSON.stringify({ type: 'job.delivered', job: { ...job, outcome }, form: input.form, artifacts: files }),
    secret: delivery.secret === undefined ? null : fillSecret(delivery.secret, data, secrets),
    timeoutSeconds: delivery.timeoutSeconds,
    permits: (next: string) => urlProblem(next, { allowPrivateOrigins }),
  };
  // Accepted already, in an attempt that died before it could record so.
  const taken = await store.ledger.find(call.key);
  if (taken?.state === 'done') return { way: byWayOf(redirectsIn(taken.data)), refused: [] };
  const { redirects } = await callWebhook({ http, ledger: store.ledger }, call, Context.current().cancellationSignal);
  return { way: byWayOf(redirects), refused: [] };
}
