/** The client of the OpenAI API: without retries of its own, for Temporal does the retrying. */
import OpenAI from 'openai';

/** Limit of one HTTP request, unless it says otherwise. */
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
