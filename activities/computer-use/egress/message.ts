/** Parses requests to a proxy: the absolute address, and the headers that are for the next server. */

export const connectTimeoutMilliseconds = 15_000;

const hopByHop = new Set([
  'connection',
  'proxy-connection',
  'proxy-authorization',
  'proxy-authenticate',
  'keep-alive',
  'te',
  'trailer',
  'upgrade',
]);

/** Removes hop-by-hop headers: those that the standard names, and those that the `connection` header names. */
export function endToEnd<T>(headers: Readonly<Record<string, T>>): Record<string, T> {
  const named = String(headers['connection'] ?? '')
    .split(',')
    .map((name) => name.trim().toLowerCase())
    // Node frames the body itself, but it must be told whether there is one.
    .filter((name) => name !== 'transfer-encoding' && name !== 'content-length');
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !hopByHop.has(name) && !named.includes(name)));
}

/** The address of a plain request, with a WebSocket address as that of its HTTP server; null for anything else. */
export function absoluteUrl(text: string | undefined): URL | null {
  if (text === undefined || !/^(?:http|ws):\/\//i.test(text) || !URL.canParse(text)) return null;
  return new URL(text.replace(/^ws/i, 'http'));
}

export function portOf(url: URL): number {
  if (url.port !== '') return Number(url.port);
  return url.protocol === 'https:' ? 443 : 80;
}
