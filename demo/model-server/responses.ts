/** The responses that the server holds: a tree by `previous_response_id`, each from its first state to its last. */
import { invalidRequest, previousResponseNotFound, responseNotFound } from './api-error.ts';
import type { Brain, Turn } from './brain.ts';
import { checkCalls, newestImage, splitInput, textsOf, tokensOf, type OpenCalls } from './conversation.ts';
import type { Fault } from './faults.ts';
import type { InputItem } from './input-items.ts';
import type { CreateRequest } from './request.ts';
import { isEnded, newResponse, nowInSeconds, type ResponseObject } from './response-object.ts';
import { textTokens } from './usage.ts';
import { work, type WorkResult } from './work.ts';

/** The part of its latency that a response spends in the queue; for the rest it is worked on. */
const queuedShare = 0.25;

export type Wait = (milliseconds: number, signal: AbortSignal) => Promise<void>;

export interface StoredResponse {
  object: ResponseObject;
  readonly inputs: readonly InputItem[];
  readonly allTexts: readonly string[];
  /** Tokens of all that a child goes on from. */
  contextTokens: number;
  openCalls: OpenCalls;
  memory: unknown;
  /** Set when the brain broke, which is no answer of the model. */
  broken: Error | null;
  readonly stop: AbortController;
  readonly ended: Promise<void>;
}

export interface ResponsesOptions {
  readonly brain: Brain;
  readonly wait: Wait;
  /** From a response's beginning to its end, in milliseconds. */
  readonly latency: () => number;
}

export class Responses {
  readonly #stored = new Map<string, StoredResponse>();
  readonly #memories = new Map<string, unknown>();
  readonly #running = new Set<StoredResponse>();
  readonly #options: ResponsesOptions;

  constructor(options: ResponsesOptions) {
    this.#options = options;
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
  }

  cancel(id: string): StoredResponse {
    const response = this.get(id);
    if (!response.object.background) throw invalidRequest('Cannot cancel a synchronous response.', 'response_id');
    this.#stop(response);
    return response;
  }

  /** Stops all that runs, as the end of the server does. */
  stop(): void {
    for (const response of this.#running) response.stop.abort();
  }

  /** Refuses what doesn't follow from its parent; otherwise the response runs from here on by itself. */
  begin(request: CreateRequest, fault: Fault | null): StoredResponse {
    const parent = this.#parentOf(request);
    checkCalls(parent?.openCalls ?? new Map(), request.items);
    const { replayed, fresh } = splitInput(request.items);
    const memory = parent === null ? this.#rememberedBy(replayed) : parent.memory;
    const allTexts = [...(parent?.allTexts ?? []), ...textsOf(request.items)];
    const cached = (parent?.contextTokens ?? 0) + tokensOf(replayed);
    const turn: Turn = {
      model: request.model,
      instructions: request.instructions,
      texts: textsOf(fresh),
      allTexts,
      screenshot: newestImage(fresh),
      computerTool: request.computerTool,
      outputSchema: request.outputSchema,
      memory,
    };
    const ended = Promise.withResolvers<void>();
    const response: StoredResponse = {
      object: newResponse(request),
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
    this.#running.add(response);
    const standing = [request.instructions ?? '', JSON.stringify(request.tools), JSON.stringify(request.text)];
    const fixed = standing.reduce((sum, text) => sum + textTokens(text), 0);
    const tokens = { cached, fresh: tokensOf(fresh) + fixed };
    void this.#run(response, () =>
      work({ brain: this.#options.brain, turn, fault, tokens, maximum: request.maxOutputTokens }),
    ).then(ended.resolve);
    return response;
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
      if (!signal.aborted) breakDown(response, error);
    } finally {
      this.#running.delete(response);
    }
  }

  #finish(response: StoredResponse, { memory, contextTokens, openCalls, ...changes }: WorkResult): void {
    response.object = { ...response.object, ...changes, completed_at: nowInSeconds() };
    response.openCalls = openCalls;
    response.contextTokens += contextTokens;
    response.memory = memory;
    for (const item of changes.output) this.#memories.set(item.id, memory);
  }

  #stop(response: StoredResponse): void {
    if (isEnded(response.object)) return;
    response.object = { ...response.object, status: 'cancelled' };
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

  /** A replayed conversation names its parent by the items that the parent made. */
  #rememberedBy(replayed: readonly InputItem[]): unknown {
    return this.#memories.get(replayed.findLast(({ wire }) => this.#memories.has(wire.id))?.wire.id ?? '');
  }
}

function breakDown(response: StoredResponse, error: unknown): void {
  response.broken = error instanceof Error ? error : new Error(String(error));
  response.object = {
    ...response.object,
    status: 'failed',
    error: { code: 'server_error', message: `The brain broke: ${response.broken.message}` },
  };
}
