/**
 * Replaces secrets in a browser's state by placeholders, and back. A page may keep a typed secret in its address or its
 * storage; the stored state holds a placeholder there, and the value is restored on its own origins only.
 */
import type { BrowserState } from '../../ports.ts';
import { BrowserStateSchema } from '../browser-state.ts';
import type { BoundSecret } from './bound-secret.ts';
import { bindingProblem, createRedactor, placeholderOf } from './typed-secrets.ts';

export function withoutSecrets(state: BrowserState, secrets: readonly BoundSecret[]): BrowserState {
  return secrets.length === 0 ? state : BrowserStateSchema.parse(mapTexts(state, createRedactor(secrets)));
}

/** A placeholder that a page of another origin left there is not replaced. */
export function withSecrets(stored: BrowserState, secrets: readonly BoundSecret[]): BrowserState {
  if (secrets.length === 0) return stored;
  const { url, scroll, cookies, origins, sessionStorage } = BrowserStateSchema.parse(stored);
  const filled = (value: unknown, origin: string): unknown => mapTexts(value, fillerFor(origin, secrets));
  return BrowserStateSchema.parse({
    url: filled(url, URL.canParse(url) ? new URL(url).origin : ''),
    scroll,
    cookies: cookies.map((cookie) => filled(cookie, `https://${cookie.domain.replace(/^\./, '')}`)),
    origins: origins.map((storage) => filled(storage, storage.origin)),
    sessionStorage: sessionStorage === null ? null : filled(sessionStorage, sessionStorage.origin),
  });
}

function fillerFor(origin: string, secrets: readonly BoundSecret[]): (text: string) => string {
  const bound = secrets.filter((secret) => bindingProblem(secret, origin) === undefined);
  return (text) => bound.reduce((result, secret) => result.replaceAll(placeholderOf(secret), () => secret.value), text);
}

/** Transforms every string in a value of plain data, including the keys of objects. */
function mapTexts(value: unknown, change: (text: string) => string): unknown {
  if (typeof value === 'string') return change(value);
  if (Array.isArray(value)) return value.map((item: unknown) => mapTexts(item, change));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [change(key), mapTexts(item, change)]));
}
