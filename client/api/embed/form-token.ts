/**
 * The token that an embedded form sends back. It replaces a cookie, which browsers withhold from frames of another
 * site: its holder has loaded this form from here. It is valid for one submission and 12 hours; nothing is stored.
 */
import { createHmac, timingSafeEqual } from 'node:crypto';

export interface FormTokens {
  /** A token for one submission of a form, with this idempotency key. */
  issue(slug: string, idempotencyKey: string): string;
  check(token: string, slug: string, idempotencyKey: string): 'right' | 'expired' | 'wrong';
}

const validSeconds = 12 * 3600;

export function createFormTokens(key: Uint8Array, now: () => Date): FormTokens {
  const seconds = (): number => Math.floor(now().getTime() / 1000);
  const sign = (slug: string, idempotencyKey: string, expiry: string): string => {
    const signed = JSON.stringify(['embedded-form', slug, idempotencyKey, expiry]);
    return createHmac('sha256', key).update(signed).digest('base64url');
  };
  return {
    issue(slug, idempotencyKey) {
      const expiry = String(seconds() + validSeconds);
      return `${expiry}.${sign(slug, idempotencyKey, expiry)}`;
    },
    check(token, slug, idempotencyKey) {
      const [, expiry, signature] = /^(\d{1,12})\.([\w-]{43})$/.exec(token) ?? [];
      if (expiry === undefined || signature === undefined) return 'wrong';
      const right = sign(slug, idempotencyKey, expiry);
      if (!timingSafeEqual(Buffer.from(signature), Buffer.from(right))) return 'wrong';
      return Number(expiry) > seconds() ? 'right' : 'expired';
    },
  };
}
