/** The visitor's address, as the connection has it: a header that any visitor can write is not believed. */
import { getConnInfo } from '@hono/node-server/conninfo';
import type { Context } from 'hono';

export function visitorAddress(context: Context): string {
  // In-process requests, as tests make them, have no connection.
  return context.env === undefined || !('incoming' in context.env)
    ? 'unknown'
    : (getConnInfo(context).remote.address ?? 'unknown');
}
