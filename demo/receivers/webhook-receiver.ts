/**
 * A receiver of webhook deliveries. It checks signatures with the Standard Webhooks package, as any receiver would,
 * recognises repeats by their id, and fails on command. A page lists the deliveries.
 */
import { Hono } from 'hono';
import { html } from 'hono/html';
import { Webhook } from 'standardwebhooks';
import { Arrivals } from './arrivals.ts';
import { listPage } from './list-page.ts';
import { listenOnLoopback } from '../loopback-server.ts';

export interface WebhookReceiverOptions {
  /** `whsec_…`. */
  readonly secret: string;
  /** 0, the default, selects a free port. */
  readonly port?: number;
  /** How many correctly signed deliveries are answered with 500 before the first is accepted. */
  readonly failFirst?: number;
}

export interface Delivery {
  readonly at: string;
  /** `webhook-id`: the same for every attempt. */
  readonly id: string;
  readonly body: string;
  /** `duplicate`: accepted, but its id had been accepted before. `failed`: answered with 500, on command. */
  readonly outcome: 'accepted' | 'duplicate' | 'failed' | 'refused';
  /** Why it was refused, or empty. */
  readonly reason: string;
}

export interface WebhookReceiver {
  /** The address for deliveries. A browser that opens it sees the list. */
  readonly url: string;
  /** Every delivery so far, whatever its outcome. */
  readonly deliveries: readonly Delivery[];
  /** Resolves to the first matching delivery that was accepted. */
  readonly waitForDelivery: (fits: (delivery: Delivery) => boolean, signal: AbortSignal) => Promise<Delivery>;
  readonly close: () => Promise<void>;
}

const statusOf = { accepted: 200, duplicate: 200, failed: 500, refused: 401 } as const;

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
  const webhook = new Webhook(options.secret);
  let failures = options.failFirst ?? 0;

  app.get('/', (context) => context.redirect('/webhook'));
  app.get('/webhook', (context) => context.html(deliveriesPage(arrivals.all)));
  app.post('/webhook', async (context) => {
    const body = await context.req.text();
    const reason = signatureProblem(webhook, body, context.req.header());
    const id = context.req.header('webhook-id') ?? '';
    const seen = arrivals.all.some((before) => before.outcome === 'accepted' && before.id === id);
    const record = (outcome: Delivery['outcome'], why: string) => {
      arrivals.add({ at: new Date().toISOString(), id, body, outcome, reason: why });
      return context.json({ outcome, reason: why }, statusOf[outcome]);
    };
    if (reason !== undefined) return record('refused', reason);
    if (failures > 0) {
      failures -= 1;
      return record('failed', '');
    }
    return record(seen ? 'duplicate' : 'accepted', '');
  });
  return app;
}

function signatureProblem(webhook: Webhook, body: string, headers: Record<string, string>): string | undefined {
  try {
    webhook.verify(body, headers);
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

function deliveriesPage(deliveries: readonly Delivery[]) {
  return listPage({
    title: 'Webhook receiver',
    lead: `Arrived: ${deliveries.length}, newest first.`,
    live: true,
    content: html`${deliveries.toReversed().map(
      ({ at, id, body, outcome, reason }) =>
        html`<div class="item">
          <div class="row">
            <strong>${id === '' ? 'no id' : id}</strong>
            <span class="tag ${outcome === 'accepted' ? '' : 'bad'}">${outcome}</span>
          </div>
          <p class="soft">${at} ${reason}</p>
          <pre>${body}</pre>
        </div>`,
    )}`,
  });
}
