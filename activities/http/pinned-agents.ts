/**
 * Connections that are kept for the next request to the same origin at the same address. The address is part of their key, and is
 * checked anew for every request: a kept connection never serves a request whose check gave another address, or none.
 */
import { Agent as HttpAgent, type AgentOptions, type ClientRequestArgs } from 'node:http';
import { Agent as HttpsAgent, type RequestOptions } from 'node:https';

/** Options of a request, with the address that its check gave. */
export interface PinnedOptions extends RequestOptions {
  readonly pinnedAddress: string;
}

/** For how long an unused one is kept: many servers close theirs after 5 s, and a request must not meet that moment. */
const idleMilliseconds = 4_000;
/** Of one origin; those of a burst are closed. */
const mostIdle = 5;

const keeping: AgentOptions = { keepAlive: true, timeout: idleMilliseconds, maxFreeSockets: mostIdle };

function keyOf(name: string, options: ClientRequestArgs | undefined): string {
  if (options === undefined || !('pinnedAddress' in options)) throw new Error('the request has no checked address');
  return `${String(options.pinnedAddress)} ${name}`;
}

class PinnedHttpAgent extends HttpAgent {
  override getName(options?: ClientRequestArgs): string {
    return keyOf(super.getName(options), options);
  }
}

class PinnedHttpsAgent extends HttpsAgent {
  override getName(options?: RequestOptions): string {
    return keyOf(super.getName(options), options);
  }
}

export interface PinnedAgents {
  readonly of: (protocol: string) => HttpAgent;
}

export function createPinnedAgents(): PinnedAgents {
  const http = new PinnedHttpAgent(keeping);
  const https = new PinnedHttpsAgent(keeping);
  return { of: (protocol) => (protocol === 'https:' ? https : http) };
}
