/** An origin that may frame a form. It is written into a header, so it must be exactly an origin. */
import ipaddr from 'ipaddr.js';
import { z } from 'zod';

export const EmbedOriginSchema = z
  .string()
  .max(300)
  .transform((text, context) => {
    const problem = embedOriginProblem(text);
    if (problem === undefined) return new URL(text).origin;
    context.addIssue({ code: 'custom', message: problem });
    return z.NEVER;
  });

/** A sentence that says why a text is no origin that may frame a form, or undefined. */
function embedOriginProblem(text: string): string | undefined {
  const example = 'write it as https://www.example.com';
  if (text.includes('*')) return 'a wildcard is not allowed: list each origin by itself';
  if (!URL.canParse(text)) return `is not an origin: ${example}`;
  const { protocol, hostname, origin, href } = new URL(text);
  if (protocol !== 'https:' && protocol !== 'http:') return `must begin with https://: ${example}`;
  if (href !== `${origin}/`) return `must be an origin, with no path, user or query: ${example}`;
  if (hostname.startsWith('[')) return 'an IPv6 address cannot be named in frame-ancestors: use a host name';
  if (!/^[a-z0-9._-]+$/.test(hostname)) return `${hostname} is not a host name`;
  if (protocol === 'http:' && !isLoopback(hostname))
    return 'must begin with https://; http:// is for this machine alone';
  return undefined;
}

function isLoopback(hostname: string): boolean {
  if (hostname === 'localhost' || hostname.endsWith('.localhost')) return true;
  return ipaddr.isValid(hostname) && ipaddr.parse(hostname).range() === 'loopback';
}
