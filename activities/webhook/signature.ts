/** Signs a webhook so that its receiver can tell who sent it and when: HMAC-SHA256 over the time and the body. */
import { createHmac } from 'node:crypto';

export function signatureHeaders(secret: string, body: string, now: Date): Record<string, string> {
  const timestamp = String(Math.floor(now.getTime() / 1000));
  const digest = createHmac('sha256', secret).update(`${timestamp}.${body}`).digest('hex');
  return { 'lodestone-timestamp': timestamp, 'lodestone-signature': `v1=${digest}` };
}
