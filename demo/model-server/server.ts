/**
 * A stand-in for the OpenAI API on loopback: the Responses API and chat completions, as the openai package uses them. A
 * replaceable brain gives the answers. Faults can be injected, and a journal records requests and costs.
 */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { z } from 'zod';
import { errorAnswer, send, type Loss } from './responses/answer.ts';
import { answerCall, answerLine, routeOf, type ApiOptions, type Route } from './http/api.ts';
import { ApiError, quotaExceeded, rateLimited, responseNotFound, serverError, unauthorized } from './http/api-error.ts';
import { Batches } from './batches/batches.ts';
import type { Brain } from './brains/brain.ts';
import { answerControl, controlPrefix } from './control.ts';
import { Faults, type Fault, type FaultOrder, type Occasion } from './faults.ts';
import { Files } from './batches/files.ts';
import { Notebook, type Journal } from './journal.ts';
import { appendJsonLine } from './batches/json-lines.ts';
import { readBody } from './http/read-body.ts';
import type { ResponseObject } from './responses/response-object.ts';
import { Responses, type Wait } from './responses/responses.ts';
import { noStateFile, openStateFile } from './state-file.ts';
import { Webhook, type WebhookCounters, type WebhookOptions } from './webhook.ts';

export interface ModelServerOptions {
  readonly brain: Brain;
  /** Default: a free port. */
  readonly port?: number;
  /** The only accepted key. Default: every key is accepted. */
  readonly apiKey?: string;
  /** Also accept models that were shut down, e.g. for the preview form of the computer tool. */
  readonly allowRetiredModels?: boolean;
  /** The time from the start to the end of a response. */
  readonly latencyMilliseconds?: number;
  /** A file to which each change of a journal entry is appended. Of the lines with the same time and number the last counts. */
  readonly journalFile?: string;
  /** A file that keeps the responses, so that a server started with the same file has them. */
  readonly stateFile?: string;
  /** How a response waits. A test can control the time. */
  readonly wait?: Wait;
  /** The receiver of events about ended background responses and batches. Default: none. */
  readonly webhook?: WebhookOptions;
}

export interface ModelServer {
  /** The `baseURL` for the openai package; it ends in `/v1`. */
  readonly url: string;
  readonly port: number;
  readonly journal: Journal;
  /** Counts of the sent events; null without a webhook. */
  readonly events: WebhookCounters | null;
  injectFault(fault: FaultOrder): void;
  clearFaults(): void;
  setLatency(milliseconds: number): void;
  close(): Promise<void>;
}

interface Parts extends ApiOptions {
  readonly apiKey: string | null;
  readonly faults: Faults;
  readonly journal: Notebook;
  readonly events: () => WebhookCounters | null;
  readonly setLatency: (milliseconds: number) => void;
}

export async function startModelServer(options: ModelServerOptions): Promise<ModelServer> {
  const { brain, wait = waitFor, journalFile, stateFile } = options;
  let latency = options.latencyMilliseconds ?? 0;
  const file = stateFile === undefined ? noStateFile : openStateFile(stateFile);
  const faults = new Faults();
  const webhook = options.webhook === undefined ? null : new Webhook(options.webhook, faults);
  const ended = (response: ResponseObject): void => webhook?.sendResponseEvent(response);
  const responses = new Responses({ brain, wait, latency: () => latency, file, ended });
  const journal = new Notebook(journalFile === undefined ? undefined : (entry) => appendJsonLine(journalFile, entry));
  const allowRetiredModels = options.allowRetiredModels ?? false;
  const files = new Files();
  const lineParts = { responses, allowRetiredModels, faults, journal };
  const batches = new Batches({
    files,
    wait,
    latency: () => latency,
    answerLine: (line, batchId) => answerLine(lineParts, line, batchId),
    ended: (batch) => webhook?.sendBatchEvent(batch),
  });
  const parts: Parts = {
    responses,
    files,
    batches,
    allowRetiredModels,
    faults,
    journal,
    events: () => webhook?.counters ?? null,
    apiKey: options.apiKey ?? null,
    setLatency: (next) => {
      latency = next;
    },
  };
  const server = createServer((request, response) => void handle(parts, request, response));
  // Like the provider, the server does not close idle connections within seconds. A request that is sent at that moment would
  // be a call that may have been paid and lost.
  server.keepAliveTimeout = 0;
  const port = await listen(server, options.port ?? 0);
  return {
    url: `http://127.0.0.1:${port}/v1`,
    port,
    journal: parts.journal,
    get events() {
      return webhook?.counters ?? null;
    },
    injectFault: (fault) => parts.faults.inject(fault),
    clearFaults: () => parts.faults.clear(),
    setLatency: parts.setLatency,
    close: async () => {
      batches.stop();
      responses.stop();
      webhook?.stop();
      const closed = Promise.withResolvers<void>();
      server.close(() => closed.resolve());
      server.closeAllConnections();
      await closed.promise;
    },
  };
}

async function handle(parts: Parts, request: IncomingMessage, response: ServerResponse): Promise<void> {
  // `new URL` is not used: it throws for a path such as `//`.
  const [path = '/', search = ''] = (request.url ?? '/').split('?', 2);
  const query = new URLSearchParams(search);
  const method = request.method ?? 'GET';
  const isControl = path.startsWith(controlPrefix);
  const route = routeOf(method, path);
  const note = isControl ? () => {} : parts.journal.open({ method, path, kind: route.kind });
  try {
    if (!isControl) authorize(parts.apiKey, request.headers.authorization);
    const body = await readBody(request);
    if (isControl) {
      await send(response, answerControl(parts, method, path, body));
      return;
    }
    const model = modelOf(parts, route, body);
    const fault = parts.faults.take({ method, path, model, occasion: occasionOf(route, method) });
    note({ fault: fault?.kind ?? null, model });
    applyFaultBefore(fault, model ?? 'this model', route.id);
    if (fault?.when === 'before_work' && (fault.kind === 'reset' || fault.kind === 'hang')) {
      note({ httpStatus: await send(response, { kind: 'json', status: 200, body: null }, fault.kind) });
      return;
    }
    const answer = await answerCall(parts, route, { method, path, query, body, fault, note });
    note({ httpStatus: await send(response, answer, lossOf(fault)) });
  } catch (error) {
    const refusal = error instanceof ApiError ? error : serverError(String(error));
    note({ outcome: refusal.message });
    if (response.headersSent) {
      response.destroy();
      return;
    }
    note({ httpStatus: await send(response, errorAnswer(refusal)) });
  }
}

function authorize(apiKey: string | null, header: string | undefined): void {
  const given = /^Bearer\s+(\S+)$/i.exec(header ?? '')?.[1] ?? null;
  if (given === null || (apiKey !== null && given !== apiKey)) throw unauthorized(given);
}

function occasionOf({ kind, id }: Route, method: string): Occasion {
  if (kind === 'create') return 'create';
  return kind === 'batches' && method === 'POST' && id === '' ? 'create_batch' : 'other';
}

function applyFaultBefore(fault: Fault | null, model: string, id: string): void {
  if (fault?.kind === 'rate_limit') throw rateLimited(model, fault.retryAfterSeconds);
  if (fault?.kind === 'unknown_id') throw responseNotFound(id);
  if (fault?.kind === 'quota') throw quotaExceeded();
  if (fault?.kind === 'server_error') throw serverError('The server had an error while processing your request.');
}

const losses: Readonly<Partial<Record<Fault['kind'], Loss>>> = {
  reset: 'reset',
  hang: 'hang',
  truncated: 'truncated',
  stall: 'stall',
};

function lossOf(fault: Fault | null): Loss {
  return fault === null ? null : (losses[fault.kind] ?? null);
}

const modelless: ReadonlySet<Route['kind']> = new Set(['unknown', 'models', 'files', 'batches']);
const ModelSchema = z.object({ model: z.string() });

/** The model of a request: the one in its body, or that of the response in its path. */
function modelOf({ responses }: Parts, { kind, id }: Route, body: unknown): string | null {
  if (kind === 'create') return ModelSchema.safeParse(body).data?.model ?? null;
  return modelless.has(kind) ? null : responses.modelOf(id);
}

async function waitFor(milliseconds: number, signal: AbortSignal): Promise<void> {
  if (milliseconds > 0) await delay(milliseconds, undefined, { signal });
}

async function listen(server: ReturnType<typeof createServer>, port: number): Promise<number> {
  const listening = Promise.withResolvers<void>();
  server.once('error', listening.reject);
  server.listen(port, '127.0.0.1', () => listening.resolve());
  await listening.promise;
  return portOf(server.address());
}

function portOf(address: AddressInfo | string | null): number {
  if (address === null || typeof address === 'string') throw new Error('the server has no port');
  return address.port;
}
