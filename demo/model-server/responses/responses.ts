/** The responses of the server: a tree by `previous_response_id`, with the life cycle of each response. */
import { invalidRequest, previousResponseNotFound, responseNotFound } from '../http/api-error.ts';
import type { Brain, Turn } from '../brains/brain.ts';
import { checkCalls, newestImage, openCallsOf, splitInput, textsOf, tokensOf, type OpenCalls } from './conversation.ts';
import type { Fault } from '../faults.ts';
import type { InputItem } from './input-items.ts';
import { readRequest, type CreateRequest } from './request.ts';
import {
  endedWithNothing,
  isEnded,
  newIdentity,
  newResponse,
  type Identity,
  type ResponseObject,
} from './response-object.ts';
import type { StateFile } from '../state-file.ts';
import { textTokens } from './usage.ts';
import { work, type Work, type WorkResult } from '../batches/work.ts';

/** The share of the latency that a response is queued before it is in progress. */
const queuedShare = 0.25;

export type Wait = (milliseconds: number, signal: AbortSignal) => Promise<void>;

export interface StoredResponse {
  object: ResponseObject;
  readonly inputs: readonly InputItem[];
  readonly allTexts: readonly string[];
  /** The tokens that a following response has as its context. */
  contextTokens: number;
  openCalls: OpenCalls;
  memory: unknown;
  /** The error of a brain that threw. */
  broken: Error | null;
  readonly stop: AbortController;
  readonly ended: Promise<void>;
}

export interface ResponsesOptions {
  readonly brain: Brain;
  readonly wait: Wait;
  /** The time from the start to the end of a response, in milliseconds. */
  readonly latency: () => number;
  readonly file: StateFile;
  /** Called at the end of each response. */
  readonly ended: (response: ResponseObject) => void;
}

/** A response that is ready to run, with the turn for the brain. */
interface Prepared extends Omit<Work, 'brain' | 'fault'> {
  readonly response: StoredResponse;
  readonly end: () => void;
}

export class Responses {
  readonly #stored = new Map<string, StoredResponse>();
  readonly #memories = new Map<string, unknown>();
  readonly #running = new Set<StoredResponse>();
  readonly #options: ResponsesOptions;

  constructor(options: ResponsesOptions) {
    this.#options = options;
    this.#restore();
  }

  get(id: string): StoredResponse {
    const response = this.#stored.get(id);
    if (response === undefined) throw responseNotFound(id);
    return response;
  }

  modelOf(id: string): string | null {
    return this.#stored.get(id)?.object.model ?? null;
  }

  delete(id: string): void {
    this.#stop(this.get(id));
    this.#stored.delete(id);
    this.#options.file.append({ change: 'deleted', id });
  }

  cancel(id: string): StoredResponse {
    const response = this.get(id);
    if (!response.object.background) throw invalidRequest('Cannot cancel a synchronous response.', 'response_id');
    this.#stop(response);
    return response;
  }

  /** Stops all running responses. Called at the end of the server. */
  stop(): void {
    for (const response of this.#running) response.stop.abort();
  }

  /** Starts a response, which then runs independently. Throws when the request does not fit its parent. */
  begin(request: CreateRequest, fault: Fault | null): StoredResponse {
    const { id, createdAt } = newIdentity();
    const prepared = this.#prepare(request, { id, createdAt });
    this.#options.file.append({ change: 'begun', id, createdAt, body: request.body });
    this.#start(prepared, fault);
    return prepared.response;
  }

  /** Restores the responses of earlier servers. Background responses that had not ended run again. */
  #restore(): void {
    const prepared = new Map<string, Prepared>();
    for (const change of this.#options.file.read()) {
      if (change.change === 'begun') {
        prepared.set(change.id, this.#prepare(readRequest(change.body), change));
      } else if (change.change === 'ended') {
        const response = prepared.get(change.id)?.response;
        if (response !== undefined) this.#apply(response, change.end);
        prepared.get(change.id)?.end();
      } else {
        this.#stored.delete(change.id);
      }
    }
    for (const unfinished of prepared.values()) {
      const { object } = unfinished.response;
      if (isEnded(object) || !this.#stored.has(object.id)) continue;
      // The client of a foreground response lost its connection, so it is not run again.
      if (object.background) this.#start(unfinished, null);
      else this.#stored.delete(object.id);
    }
  }

  #prepare(request: CreateRequest, identity: Identity): Prepared {
    const parent = this.#parentOf(request);
    checkCalls(parent?.openCalls ?? new Map(), request.items);
    const { replayed, fresh } = splitInput(request.items);
    const memory = parent === null ? this.#rememberedBy(replayed) : parent.memory;
    const allTexts = [...(parent?.allTexts ?? []), ...textsOf(request.items)];
    const cached = (parent?.contextTokens ?? 0) + tokensOf(replayed);
    const ended = Promise.withResolvers<void>();
    const response: StoredResponse = {
      object: newResponse(request, identity),
      inputs: request.items,
      allTexts,
      contextTokens: cached + tokensOf(fresh),
      openCalls: new Map(),
      memory,
      broken: null,
      stop: new AbortController(),
      ended: ended.promise,
    };
    if (request.store) this.#stored.set(response.object.id, response);
    const standing = [request.instructions ?? '', JSON.stringify(request.tools), JSON.stringify(request.text)];
    const fixed = standing.reduce((sum, text) => sum + textTokens(text), 0);
    const turn: Turn = {
      model: request.model,
      instructions: request.instructions,
      texts: textsOf(fresh),
      allTexts,
      screenshot: newestImage(fresh),
      computerTool: request.computerTool,
      tools: request.tools,
      outputSchema: request.outputSchema,
      memory,
    };
    const tokens = { cached, fresh: tokensOf(fresh) + fixed };
    return { response, turn, tokens, maximum: request.maxOutputTokens, end: ended.resolve };
  }

  #start({ response, end, ...asked }: Prepared, fault: Fault | null): void {
    this.#running.add(response);
    void this.#run(response, () => work({ brain: this.#options.brain, fault, ...asked })).then(end);
  }

  async #run(response: StoredResponse, doWork: () => Promise<WorkResult>): Promise<void> {
    const { signal } = response.stop;
    const latency = this.#options.latency();
    try {
      await this.#options.wait(latency * queuedShare, signal);
      response.object = { ...response.object, status: 'in_progress' };
      await this.#options.wait(latency * (1 - queuedShare), signal);
      const result = await doWork();
      if (!signal.aborted) this.#finish(response, result);
    } catch (error) {
      if (!signal.aborted) this.#breakDown(response, error);
    } finally {
      this.#running.delete(response);
    }
  }

  #finish(response: StoredResponse, end: WorkResult): void {
    this.#apply(response, end);
    this.#options.file.append({ change: 'ended', id: response.object.id, end });
    this.#options.ended(response.object);
  }

  #apply(response: StoredResponse, { memory, ...end }: WorkResult): void {
    response.object = { ...response.object, ...end };
    response.openCalls = openCallsOf(end.output);
    response.contextTokens += end.usage?.output_tokens ?? 0;
    response.memory = memory;
    for (const item of end.output) this.#memories.set(item.id, memory);
  }

  #breakDown(response: StoredResponse, error: unknown): void {
    response.broken = error instanceof Error ? error : new Error(String(error));
    const message = `The brain broke: ${response.broken.message}`;
    const { memory } = response;
    this.#finish(response, { ...endedWithNothing, status: 'failed', error: { code: 'server_error', message }, memory });
  }

  #stop(response: StoredResponse): void {
    if (isEnded(response.object)) return;
    const { memory } = response;
    this.#finish(response, { ...endedWithNothing, status: 'cancelled', memory });
    response.stop.abort();
  }

  #parentOf({ previousResponseId }: CreateRequest): StoredResponse | null {
    if (previousResponseId === null) return null;
    const parent = this.#stored.get(previousResponseId);
    if (parent === undefined) throw previousResponseNotFound(previousResponseId);
    if (!isEnded(parent.object)) {
      throw invalidRequest(`Previous response with id '${previousResponseId}' has not ended.`, 'previous_response_id');
    }
    return parent;
  }

  /** Finds the parent of a replayed conversation by the items that the parent produced. */
  #rememberedBy(replayed: readonly InputItem[]): unknown {
    return this.#memories.get(replayed.findLast(({ wire }) => this.#memories.has(wire.id))?.wire.id ?? '');
  }
}
