/**
 * The other end of a webhook delivery: checks Lodestone's signature as a careful receiver would, tells repeats by their
 * idempotency key, and fails on command. A page lists what came.
 */
import { createHmac, timingSafeEqual } from 'node:crypto';
import { Hono } from 'hono';
import { html } from 'hono/html';
import { Arrivals } from './arrivals.ts';
import { listPage } from './list-page.ts';
import { listenOnLoopback } from '../loopback-server.ts';

export interface WebhookReceiverOptions {
  readonly secret: string;
  /** 0, the default, takes any that is free. */
  readonly port?: number;
  /** How many correctly signed deliveries are answered with 500 before the first is taken. */
  readonly failFirst?: number;
}

export interface Delivery {
  readonly at: string;
  readonly idempotencyKey: string;
  readonly body: string;
  /** `duplicate`: taken too, but its key had been taken before. `failed`: answered with 500, on command. */
  readonly outcome: 'accepted' | 'duplicate' | 'failed' | 'refused';
  /** Why it was refused; empty otherwise. */
  readonly reason: string;
}

export interface WebhookReceiver {
  /** Where deliveries go; a browser that opens it sees the list. */
  readonly url: string;
  /** Every delivery, whatever its outcome; it grows. */
  readonly deliveries: readonly Delivery[];
  /** The first accepted delivery that fits; those with a wrong signature are never among them. */
  readonly waitForDelivery: (fits: (delivery: Delivery) => boolean, signal: AbortSignal) => Promise<Delivery>;
  readonly close: () => Promise<void>;
}

const statusOf = { accepted: 200, duplicate: 200, failed: 500, refused: 401 } as const;
const toleranceSeconds = 300;

export async function startWebhookReceiver(options: WebhookReceiverOptions): Promise<WebhookReceiver> {
  const arrivals = new Arrivals<Delivery>();
  const { url, close } = await listenOnLoopback(createWebhookReceiver(options, arrivals), options.port ?? 0);
  return {
    url: `${url}/webhook`,
    deliveries: arrivals.all,
    waitForDelivery: (fits, signal) =>
      arrivals.waitFor((delivery) => delivery.outcome === 'accepted' && fits(delivery), signal),
    close,
  };
}

function createWebhookReceiver(options: WebhookReceiverOptions, arrivals: Arrivals<Delivery>): Hono {
  const app = new Hono();
  let failures = options.failFirst ?? 0;

  app.get('/', (context) => context.redirect('/webhook'));
  app.get('/webhook', (context) => context.html(deliveriesPage(arrivals.all)));
  app.post('/webhook', async (context) => {
    const body = await context.req.text();
    const idempotencyKey = context.req.header('idempotency-key') ?? '';
    const reason = signatureProblem(options.secret, body, {
      timestamp: context.req.header('lodestone-timestamp'),
      signature: context.req.header('lodestone-signature'),
    });
    const seen = arrivals.all.some(
      (before) => before.outcome === 'accepted' && before.idempotencyKey === idempotencyKey,
    );
    const record = (outcome: Delivery['outcome'], why: string) => {
      arrivals.add({ at: new Date().toISOString(), idempotencyKey, body, outcome, reason: why });
      return context.json({ outcome, reason: why }, statusOf[outcome]);
    };
    if (reason !== undefined) return record('refused', reason);
    if (idempotencyKey === '') return record('refused', 'there is no idempotency-key');
    if (failures > 0) {
      failures -= 1;
      return record('failed', '');
    }
    return record(seen ? 'duplicate' : 'accepted', '');
  });
  return app;
}

interface SignatureHeaders {
  readonly timestamp: string | undefined;
  readonly signature: string | undefined;
}

function signatureProblem(secret: string, body: string, headers: SignatureHeaders): string | undefined {
  const { timestamp, signature } = headers;
  if (timestamp === undefined || !/^\d+$/.test(timestamp)) return 'there is no lodestone-timestamp in seconds';
  if (Math.abs(Date.now() / 1000 - Number(timestamp)) > toleranceSeconds) return 'the timestamp is too far from now';
  const given = /^v1=([0-9a-f]{64})$/.exec(signature ?? '')?.[1];
  if (given === undefined) return 'there is no lodestone-signature of the form v1=…';
  const expected = createHmac('sha256', secret).update(`${timestamp}.${body}`).digest();
  return timingSafeEqual(expected, Buffer.from(given, 'hex')) ? undefined : 'the signature does not fit the body';
}

function deliveriesPage(deliveries: readonly Delivery[]) {
  return listPage({
    title: 'Webhook receiver',
    lead: `Arrived: ${deliveries.length}, newest first.`,
    live: true,
    content: html`${deliveries.toReversed().map(
      ({ at, idempotencyKey, body, outcome, reason }) =>
        html`<div class="item">
          <div class="row">
            <strong>${idempotencyKey === '' ? 'no idempotency key' : idempotencyKey}</strong>
            <span class="tag ${outcome === 'accepted' ? '' : 'bad'}">${outcome}</span>
          </div>
          <p class="soft">${at} ${reason}</p>
          <pre>${body}</pre>
        </div>`,
    )}`,
  });
}
