/**
 * Sends a webhook when a background response or a batch has ended, as the API does. The event is signed by the Standard
 * Webhooks scheme, and retried under the same id until it is accepted. Nothing waits for it.
 */
import { randomBytes } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { Webhook as StandardWebhook } from 'standardwebhooks';
import type { Faults } from './faults.ts';
import { newId } from './ids.ts';
import { nowInSeconds, type ResponseObject } from './responses/response-object.ts';

export interface WebhookOptions {
  readonly url: string;
  /** `whsec_` and the key in base64; `newWebhookSecret` makes one. */
  readonly secret: string;
}

/** Counts of the events so far. */
export interface WebhookCounters {
  /** Accepted by the endpoint with a 2xx answer. */
  readonly delivered: number;
  /** Attempts that were refused or not answered in time. */
  readonly refused: number;
  /** Never accepted: all attempts failed. */
  readonly givenUp: number;
  /** Dropped by a fault. */
  readonly lost: number;
}

interface Event {
  readonly id: string;
  readonly object: 'event';
  readonly created_at: number;
  readonly type: string;
  readonly data: { readonly id: string };
}

/** The real API retries for up to 72 hours. This server retries for a few minutes, long enough for a restarted endpoint. */
const maximumTries = 60;
const firstPauseMilliseconds = 100;
const longestPauseMilliseconds = 5000;
const answerMilliseconds = 5000;

export function newWebhookSecret(): string {
  return `whsec_${randomBytes(32).toString('base64')}`;
}

/** The headers of an event: its id, which stays the same, and a signature over id, time and body. */
export function signatureHeaders(secret: string, id: string, body: string, seconds = nowInSeconds()) {
  const signature = new StandardWebhook(secret).sign(id, new Date(seconds * 1000), body);
  return { 'webhook-id': id, 'webhook-timestamp': String(seconds), 'webhook-signature': signature };
}

export class Webhook {
  readonly #options: WebhookOptions;
  readonly #faults: Faults;
  readonly #stop = new AbortController();
  #counters: WebhookCounters = { delivered: 0, refused: 0, givenUp: 0, lost: 0 };

  constructor(options: WebhookOptions, faults: Faults) {
    this.#options = options;
    this.#faults = faults;
  }

  get counters(): WebhookCounters {
    return this.#counters;
  }

  /** Returns at once. Foreground responses cause no event. */
  sendResponseEvent({ id, status, background, model }: ResponseObject): void {
    if (background) this.#send(`response.${status}`, id, model);
  }

  /** Returns at once. `status` is a final status of a batch. */
  sendBatchEvent({ id, status }: { readonly id: string; readonly status: string }): void {
    this.#send(`batch.${status}`, id, null);
  }

  stop(): void {
    this.#stop.abort();
  }

  #send(type: string, id: string, model: string | null): void {
    if (this.#stop.signal.aborted) return;
    const event: Event = { id: newId('evt'), object: 'event', created_at: nowInSeconds(), type, data: { id } };
    const fault = this.#faults.take({ method: 'POST', path: `/events/${type}`, model, occasion: 'event' });
    if (fault?.kind === 'event_lost') {
      this.#count('lost');
      return;
    }
    const pause = fault?.kind === 'event_late' ? fault.retryAfterSeconds * 1000 : 0;
    const copies = fault?.kind === 'event_repeated' ? 2 : 1;
    // Only the end of the server interrupts a delivery, and then nothing waits for it.
    for (let copy = 0; copy < copies; copy += 1) this.#deliver(event, pause).catch(() => undefined);
  }

  async #deliver(event: Event, pauseMilliseconds: number): Promise<void> {
    const { signal } = this.#stop;
    if (pauseMilliseconds > 0) await delay(pauseMilliseconds, undefined, { signal });
    let pause = firstPauseMilliseconds;
    for (let tries = 1; tries <= maximumTries; tries += 1) {
      if (await this.#isTaken(event)) {
        this.#count('delivered');
        return;
      }
      signal.throwIfAborted();
      this.#count('refused');
      await delay(pause, undefined, { signal });
      pause = Math.min(pause * 2, longestPauseMilliseconds);
    }
    this.#count('givenUp');
  }

  async #isTaken(event: Event): Promise<boolean> {
    const { url, secret } = this.#options;
    const body = JSON.stringify(event);
    const headers = { 'content-type': 'application/json', ...signatureHeaders(secret, event.id, body) };
    const signal = AbortSignal.any([this.#stop.signal, AbortSignal.timeout(answerMilliseconds)]);
    try {
      const answer = await fetch(url, { method: 'POST', headers, body, signal, redirect: 'manual' });
      await answer.body?.cancel();
      return answer.ok;
    } catch {
      return false;
    }
  }

  #count(what: keyof WebhookCounters): void {
    this.#counters = { ...this.#counters, [what]: this.#counters[what] + 1 };
  }
}
