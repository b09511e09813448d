/** A receiver's end of Standard Webhooks, by the package that receivers use. */
import { randomBytes } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import { Webhook } from 'standardwebhooks';

/** A new secret to sign with. */
export function signingSecret(): string {
  return `whsec_${randomBytes(32).toString('base64')}`;
}

/** The headers of a request that is signed with the secret. Throws when it is not, or when there is none. */
export function verified(
  secret: string,
  received: { readonly headers: IncomingHttpHeaders; readonly body: string } | undefined,
): Record<string, string> {
  if (received === undefined) throw new Error('nothing was received');
  const headers = Object.fromEntries(
    Object.entries(received.headers).flatMap(([name, value]) => (typeof value === 'string' ? [[name, value]] : [])),
  );
  new Webhook(secret).verify(received.body, headers);
  return headers;
}
