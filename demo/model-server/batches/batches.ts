/**
 * The batch API: checks a file of requests, has the brain answer each line, and writes an output file and an error file.
 * All of it is in memory only.
 */
import { z } from 'zod';
import type { Answer } from '../responses/answer.ts';
import type { ApiCall } from '../http/api-call.ts';
import { invalidRequest, notFound } from '../http/api-error.ts';
import { readBatchLines, type BatchLine, type BatchProblem, type LineAnswer } from './batch-lines.ts';
import { check } from '../check.ts';
import type { Fault } from '../faults.ts';
import type { Files } from './files.ts';
import { newId } from '../ids.ts';
import { listPage } from '../http/list-page.ts';
import { nowInSeconds } from '../responses/response-object.ts';
import type { Wait } from '../responses/responses.ts';

type BatchStatus =
  | 'validating'
  | 'failed'
  | 'in_progress'
  | 'finalizing'
  | 'completed'
  | 'expired'
  | 'cancelling'
  | 'cancelled';

interface BatchObject {
  readonly id: string;
  readonly object: 'batch';
  readonly endpoint: string;
  readonly input_file_id: string;
  readonly completion_window: string;
  readonly metadata: Readonly<Record<string, string>> | null;
  readonly created_at: number;
  readonly expires_at: number;
  readonly status: BatchStatus;
  readonly errors: { readonly object: 'list'; readonly data: readonly BatchProblem[] } | null;
  readonly output_file_id: string | null;
  readonly error_file_id: string | null;
  readonly request_counts: { readonly total: number; readonly completed: number; readonly failed: number };
}

interface StoredBatch {
  object: BatchObject;
  readonly stop: AbortController;
}

export interface BatchesOptions {
  readonly files: Files;
  readonly wait: Wait;
  /** The time of a batch in addition to that of its responses. */
  readonly latency: () => number;
  /** Answers one line as the API would answer the request; null when a fault drops the answer. */
  readonly answerLine: (line: BatchLine, batchId: string) => Promise<LineAnswer | null>;
  /** Called for each batch that has ended, with any status. */
  readonly ended: (batch: { readonly id: string; readonly status: string }) => void;
}

const daySeconds = 24 * 3600;
const ends: ReadonlySet<BatchStatus> = new Set(['completed', 'failed', 'expired', 'cancelled']);

const CreateSchema = z.looseObject({
  input_file_id: z.string(),
  endpoint: z.literal('/v1/responses'),
  completion_window: z.literal('24h'),
  metadata: z.record(z.string(), z.string()).nullish(),
});

export class Batches {
  readonly #stored = new Map<string, StoredBatch>();
  readonly #options: BatchesOptions;

  constructor(options: BatchesOptions) {
    this.#options = options;
  }

  get(id: string): StoredBatch {
    const batch = this.#stored.get(id);
    if (batch === undefined) throw notFound(`No batch found with id '${id}'.`, 'id');
    return batch;
  }

  list(): readonly BatchObject[] {
    return [...this.#stored.values()].map(({ object }) => object);
  }

  /** Creates a batch, which then runs independently. */
  create(body: unknown, fault: Fault | null): BatchObject {
    const { metadata, ...asked } = check(CreateSchema, body ?? {});
    const { object: file, content } = this.#options.files.get(asked.input_file_id);
    if (file.purpose !== 'batch') throw invalidRequest("The file's purpose is not 'batch'.", 'input_file_id');
    const { lines, problems } = readBatchLines(content.toString('utf8'), asked.endpoint);
    const created_at = nowInSeconds();
    const object: BatchObject = {
      id: newId('batch'),
      object: 'batch',
      endpoint: asked.endpoint,
      input_file_id: asked.input_file_id,
      completion_window: asked.completion_window,
      metadata: metadata ?? null,
      created_at,
      expires_at: created_at + daySeconds,
      status: 'validating',
      errors: null,
      output_file_id: null,
      error_file_id: null,
      request_counts: { total: lines.length, completed: 0, failed: 0 },
    };
    const batch: StoredBatch = { object, stop: new AbortController() };
    this.#stored.set(object.id, batch);
    const refused = fault?.kind === 'batch_failed' ? [outOfTokens] : problems;
    void this.#run(batch, lines, refused, fault?.kind === 'batch_expired').catch((error: unknown) => {
      this.#change(batch, { status: 'failed', errors: { object: 'list', data: [brokenBy(error)] } });
    });
    return object;
  }

  cancel(id: string): BatchObject {
    const batch = this.get(id);
    const { status } = batch.object;
    if (status !== 'validating' && status !== 'in_progress') {
      throw invalidRequest(`Cannot cancel a batch with status '${status}'.`, null);
    }
    this.#change(batch, { status: 'cancelling' });
    batch.stop.abort();
    return batch.object;
  }

  /** Stops all running batches. Called at the end of the server. */
  stop(): void {
    for (const batch of this.#stored.values()) batch.stop.abort();
  }

  async #run(
    batch: StoredBatch,
    lines: readonly BatchLine[],
    problems: readonly BatchProblem[],
    expires: boolean,
  ): Promise<void> {
    await this.#pass(batch);
    if (problems.length > 0) {
      this.#change(batch, { status: 'failed', errors: { object: 'list', data: problems } });
      return;
    }
    if (!batch.stop.signal.aborted) this.#change(batch, { status: 'in_progress' });
    const answers: string[] = [];
    const errors: string[] = [];
    // An expired batch has completed half of its lines.
    const inTime = expires ? Math.ceil(lines.length / 2) : lines.length;
    for (const line of lines.slice(0, inTime)) {
      if (batch.stop.signal.aborted) break;
      const answer = await this.#options.answerLine(line, batch.object.id);
      const failed = answer !== null && answer.status_code !== 200;
      if (answer !== null) (failed ? errors : answers).push(lineOf(line, answer, null));
      this.#count(batch, failed);
    }
    await this.#pass(batch);
    const stopped = batch.stop.signal.aborted;
    if (expires) errors.push(...lines.slice(inTime).map((line) => lineOf(line, null, expired)));
    this.#change(batch, {
      status: stopped ? 'cancelled' : expires ? 'expired' : 'completed',
      output_file_id: this.#keep(batch, 'output', answers),
      error_file_id: this.#keep(batch, 'error', errors),
    });
  }

  async #pass({ stop }: StoredBatch): Promise<void> {
    await this.#options.wait(this.#options.latency() / 2, stop.signal).catch((error: unknown) => {
      if (!stop.signal.aborted) throw error;
    });
  }

  #count(batch: StoredBatch, failed: boolean): void {
    const { completed, failed: before, total } = batch.object.request_counts;
    const counts = { total, completed: completed + (failed ? 0 : 1), failed: before + (failed ? 1 : 0) };
    this.#change(batch, { request_counts: counts });
  }

  #change(batch: StoredBatch, change: Partial<BatchObject>): void {
    batch.object = { ...batch.object, ...change };
    if (change.status !== undefined && ends.has(change.status)) this.#options.ended(batch.object);
  }

  /** Creates no file when there are no lines. */
  #keep({ object }: StoredBatch, kind: 'output' | 'error', lines: readonly string[]): string | null {
    if (lines.length === 0) return null;
    const content = Buffer.from(lines.map((line) => `${line}\n`).join(''));
    return this.#options.files.add(`${object.id}_${kind}.jsonl`, 'batch_output', content).id;
  }
}

const expired = { code: 'batch_expired', message: 'This request could not be executed before the completion window.' };
const outOfTokens: BatchProblem = {
  code: 'token_limit_exceeded',
  message: 'Enqueued token limit reached. Please try again once some in progress batches have been completed.',
  line: null,
  param: null,
};

function brokenBy(error: unknown): BatchProblem {
  return { code: 'server_error', message: `The brain broke: ${String(error)}`, line: null, param: null };
}

function lineOf(line: BatchLine, answer: LineAnswer | null, error: typeof expired | null): string {
  return JSON.stringify({ id: newId('batch_req'), custom_id: line.custom_id, response: answer, error });
}

export function answerBatches(batches: Batches, { method, path, query, body, fault, note }: ApiCall): Answer {
  const [id = '', part] = path.split('/').slice(3);
  if (id === '' && method === 'GET') {
    note({ outcome: 'listed' });
    return json(listPage(batches.list(), query));
  }
  const object =
    id === '' ? batches.create(body, fault) : part === 'cancel' ? batches.cancel(id) : batches.get(id).object;
  note({ batchId: object.id, outcome: object.status });
  return json(object);
}

function json(body: unknown): Answer {
  return { kind: 'json', status: 200, body };
}
