/** Creates the client of the OpenAI API, without its own retries: Temporal retries. */
import OpenAI from 'openai';
import { isLookUp, lookUpConnections } from './look-up-connections.ts';
import { fetchAnswer } from './provider-fetch.ts';

/** The default time limit of an HTTP request. */
export const requestTimeoutMilliseconds = 60_000;

export function createOpenAiClient(settings: {
  readonly apiKey: string;
  readonly baseUrl: string | undefined;
  /** Of answers, with their limits of size, when left out. */
  readonly fetch?: typeof fetchAnswer;
  /** The most connections for looking up, of which `look-up-connections.ts` tells. */
  readonly connections?: number;
}): OpenAI {
  const fetchBy = settings.fetch ?? fetchAnswer;
  const overLookUps = lookUpConnections(settings.connections);
  return new OpenAI({
    apiKey: settings.apiKey,
    ...(settings.baseUrl === undefined ? {} : { baseURL: settings.baseUrl }),
    fetch: (input, init) => fetchBy(input, isLookUp(init) ? overLookUps(init) : init),
    maxRetries: 0,
    // The package would write what it cannot read, which is a stranger's text, to standard error.
    logLevel: 'off',
    timeout: requestTimeoutMilliseconds,
  });
}
