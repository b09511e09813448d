/** The stored state of a browser. It is validated when read back, because it comes from a file. */
import { z } from 'zod';

const CookieSchema = z.object({
  name: z.string(),
  value: z.string(),
  domain: z.string(),
  path: z.string(),
  expires: z.number(),
  httpOnly: z.boolean(),
  secure: z.boolean(),
  sameSite: z.enum(['Strict', 'Lax', 'None']),
});
const OriginSchema = z.object({
  origin: z.string(),
  localStorage: z.array(z.object({ name: z.string(), value: z.string() })),
});
export const BrowserStateSchema = z.object({
  url: z.string(),
  scroll: z.object({ x: z.number(), y: z.number() }),
  cookies: z.array(CookieSchema),
  origins: z.array(OriginSchema),
  sessionStorage: z.object({ origin: z.string(), items: z.record(z.string(), z.string()) }).nullable(),
});
