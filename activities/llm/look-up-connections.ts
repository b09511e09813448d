/**
 * Connections for looking up what a provider has: answers by their ids, files, batches. A batch looks up hundreds at once, so
 * they share a limited number of connections. Calls of models have no such limit: each holds its connection until its answer is
 * there, and one that waited for a connection until its time was up would count as perhaps paid. Slots and rate limits bound them.
 */
import { Agent } from 'undici';

const usual = 20;

export function isLookUp(init: RequestInit | undefined): init is RequestInit {
  return init?.method?.toUpperCase() === 'GET';
}

/**
 * Sends requests over at most so many connections to an origin. An unused one is kept for 4 s, undici's usual time, or for as
 * long as the provider says.
 */
export function lookUpConnections(most: number = usual): (init: RequestInit) => RequestInit {
  const dispatcher = new Agent({ connections: most });
  return (init) => Object.assign({}, init, { dispatcher });
}
