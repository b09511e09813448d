/** How a request to a proxy is read: its absolute address, and which of its headers are for the next server. */

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

/** Headers without those that were for this connection alone, be it by the standard or by the `connection` header. */
export function endToEnd<T>(headers: Readonly<Record<string, T>>): Record<string, T> {
  const named = String(headers['connection'] ?? '')
    .split(',')
    .map((name) => name.trim().toLowerCase())
    // How the body is framed is Node's to say again, and it needs to be told.
    .filter((name) => name !== 'transfer-encoding' && name !== 'content-length');
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !hopByHop.has(name) && !named.includes(name)));
}

/** The address of a plain request, with a WebSocket's as that of the server which answers it; null for all else. */
export function absoluteUrl(text: string | undefined): URL | null {
  if (text === undefined || !/^(?:http|ws):\/\//i.test(text) || !URL.canParse(text)) return null;
  return new URL(text.replace(/^ws/i, 'http'));
}

export function portOf(url: URL): number {
  if (url.port !== '') return Number(url.port);
  return url.protocol === 'https:' ? 443 : 80;
}
