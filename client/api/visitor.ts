/** The visitor's address, as the connection has it: a header that any visitor can write is not believed. */
import { z } from 'zod';
import type { Context } from 'hono';

/** What Node's server hands to the app beside the request. In-process requests, as tests make them, have none. */
const ConnectionSchema = z.object({
  incoming: z.object({ socket: z.object({ remoteAddress: z.string() }) }),
});

export function visitorAddress(context: Context): string {
  const connection = ConnectionSchema.safeParse(context.env);
  return connection.success ? connection.data.incoming.socket.remoteAddress : 'unknown';
}
