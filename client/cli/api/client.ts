/** The HTTP API as the command line uses it: calls that are typed by the API's own OpenAPI document. */
import { setTimeout as delay } from 'node:timers/promises';
import createClient, { type Client } from 'openapi-fetch';
import type { components, paths } from '../../openapi/types.d.ts';
import { CommandError, exitCodes, LostAnswer } from '../exit-codes.ts';
import { checkAnswers } from './answer-check.ts';
import { send } from './connection.ts';

export type Api = Client<paths, 'application/json'>;

type Schemas = components['schemas'];
export type Analysis = Schemas['Analysis'];
export type Batch = Schemas['Batch'];
export type Delivery = Schemas['Delivery'];
export type Experiment = Schemas['Experiment'];
export type ExperimentLine = Schemas['ExperimentLine'];
export type Job = Schemas['Job'];
export type JobEvent = Schemas['JobEvent'];
export type Recommendations = Schemas['Recommendations'];
export type LimitsProposal = Schemas['LimitsProposal'];
export type LimitsVersion = Schemas['LimitsVersion'];

type Method = 'get' | 'post' | 'patch';

/** The query parameters that a call takes. */
export type Query<M extends Method, Path extends keyof paths> = paths[Path][M] extends {
  parameters: { query?: infer Parameters };
}
  ? NonNullable<Parameters>
  : never;

/** The JSON body that a call takes. */
export type Body<M extends Method, Path extends keyof paths> = paths[Path][M] extends {
  requestBody: { content: { 'application/json': infer Content } };
}
  ? Content
  : never;

/**
 * Makes a client. Throws `CommandError` when the address is not a URL. Each call throws a `CommandError` when the API cannot
 * be reached, refuses the request, or answers in another form.
 */
export function createApi(baseUrl: string): Api {
  if (!URL.canParse(baseUrl)) throw new CommandError(`${baseUrl} is not a URL.`, exitCodes.usage);
  const client = createClient<paths, 'application/json'>({ baseUrl, fetch: send });
  client.use(checkAnswers);
  return client;
}

/** Waits for a call and returns its data. Throws a `CommandError` when there is none. */
export async function answerOf<Data>(
  call: Promise<{ readonly data?: Data; readonly response: Response }>,
): Promise<NonNullable<Data>> {
  const { data, response } = await call;
  if (data === undefined || data === null)
    throw new CommandError(`${response.url} answered nothing.`, exitCodes.unexpected);
  return data;
}

const tries = 3;
const betweenTriesMilliseconds = 1000;

/** Repeats a call when the connection breaks before the answer. The call must be safe to repeat. */
export async function untilAnswered<Data>(call: () => Promise<Data>): Promise<Data> {
  for (let left = tries - 1; ; left -= 1) {
    try {
      return await call();
    } catch (error) {
      if (!(error instanceof LostAnswer) || left === 0) throw error;
      await delay(betweenTriesMilliseconds);
    }
  }
}
