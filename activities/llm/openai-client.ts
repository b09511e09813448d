/** Creates the client of the OpenAI API, without its own retries: Temporal retries. */
import OpenAI from 'openai';

/** The default time limit of an HTTP request. */
export const requestTimeoutMilliseconds = 60_000;

export function createOpenAiClient(settings: {
  readonly apiKey: string;
  readonly baseUrl: string | undefined;
}): OpenAI {
  return new OpenAI({
    apiKey: settings.apiKey,
    ...(settings.baseUrl === undefined ? {} : { baseURL: settings.baseUrl }),
    maxRetries: 0,
    timeout: requestTimeoutMilliseconds,
  });
}
