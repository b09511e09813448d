/**
 * The signature of a webhook by Standard Webhooks: `v1,` and an HMAC-SHA256 over id, time and body, for each secret. A
 * pure function and the module's default export, so that it can run in a thread as well.
 */
import { Webhook } from 'standardwebhooks';

export interface Signing {
  readonly secrets: readonly string[];
  readonly id: string;
  /** Seconds since 1970. */
  readonly timestamp: number;
  readonly body: string;
}

/** One signature for each secret, separated by spaces: a receiver uses the one that it knows. */
export default function sign({ secrets, id, timestamp, body }: Signing): string {
  const at = new Date(timestamp * 1000);
  return secrets.map((secret) => new Webhook(secret).sign(id, at, body)).join(' ');
}
