/** OpenAI's batch API: files of requests to the Responses API, answered within 24 hours at half price. */
import { randomUUID } from 'node:crypto';
import { createWriteStream, openAsBlob } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { ApplicationFailure } from '@temporalio/common';
import type OpenAI from 'openai';
import type { Batch } from 'openai/resources/batches';
import { z } from 'zod';
import { isPerhapsPaid } from '../failure.ts';
import type { BatchAnswerLine, BatchRequestLine, ReportedBatch, BatchApi } from '../batches/economy/economy-ports.ts';
import { createOpenAiClient } from './openai-client.ts';
import { classifyOpenAiError } from './openai-errors.ts';
import { readResponse, toParameters } from './openai-model.ts';
import { priceShare, type Prices } from './prices.ts';
import { fetchWithoutRedirects } from './provider-fetch.ts';

const uploadTimeoutMilliseconds = 5 * 60_000;
/** The metadata field with a batch's key. */
const keyName = 'lodestone_key';
/** How many of the newest files and batches are searched for one that an earlier attempt created. */
const mostLookedThrough = 2000;

export function createOpenAiBatches(settings: {
  readonly apiKey: string;
  readonly baseUrl: string | undefined;
  readonly prices: Prices;
  readonly connections?: number;
}): BatchApi {
  const client = createOpenAiClient({ ...settings, fetch: fetchWithoutRedirects });
  return {
    upload: (key, lines, signal) => upload(client, key, lines, signal),
    findUpload: (key, signal) =>
      classified(
        client,
        async () => {
          const files = client.files.list({ purpose: 'batch', order: 'desc' }, { signal });
          return (await findIn(files, ({ filename }) => filename === fileName(key)))?.id ?? null;
        },
        signal,
      ),
    create: (key, fileId) =>
      classified(client, async () => {
        const endpoint = '/v1/responses' as const;
        const metadata = { [keyName]: key };
        return toBatch(
          await client.batches.create({ input_file_id: fileId, endpoint, completion_window: '24h', metadata }),
        );
      }),
    findBatch: (key, signal) =>
      classified(
        client,
        async () => {
          const batches = client.batches.list({ limit: 100 }, { signal });
          const found = await findIn(batches, ({ metadata }) => metadata?.[keyName] === key);
          return found === null ? null : toBatch(found);
        },
        signal,
      ),
    retrieve: (id, signal) =>
      classified(client, async () => toBatch(await client.batches.retrieve(id, { signal })), signal),
    cancel: (id) =>
      classified(client, async () => {
        await client.batches.cancel(id);
      }),
    answers: (fileId, model, signal) =>
      answers(client, { fileId, model: withoutProvider(model), prices: settings.prices }, signal),
  };
}

/** A model may be named with its provider, as in `openai/gpt-5.4`. */
function withoutProvider(model: string): string {
  return model.replace(/^openai\//, '');
}

async function classified<T>({ apiKey }: OpenAI, call: () => Promise<T>, signal?: AbortSignal): Promise<T> {
  try {
    return await call();
  } catch (error) {
    throw classifyOpenAiError(error, apiKey ?? '', signal);
  }
}

function fileName(key: string): string {
  return `${key}.jsonl`;
}

async function upload(
  client: OpenAI,
  key: string,
  lines: AsyncIterable<BatchRequestLine>,
  signal: AbortSignal,
): Promise<string> {
  const path = join(tmpdir(), `lodestone-${randomUUID()}.jsonl`);
  try {
    await pipeline(Readable.from(jsonLines(lines)), createWriteStream(path, { mode: 0o600 }), { signal });
    const file = new File([await openAsBlob(path)], fileName(key), { type: 'application/jsonl' });
    return await classified(
      client,
      async () => {
        const options = { signal, timeout: uploadTimeoutMilliseconds };
        return (await client.files.create({ file, purpose: 'batch' }, options)).id;
      },
      signal,
    );
  } finally {
    await rm(path, { force: true });
  }
}

async function* jsonLines(lines: AsyncIterable<BatchRequestLine>): AsyncGenerator<string> {
  for await (const { customId, request } of lines) {
    // The batch API stores its answers in a file and has no background mode.
    const {
      background: _background,
      store: _store,
      ...body
    } = toParameters({ ...request, model: withoutProvider(request.model) });
    yield `${JSON.stringify({ custom_id: customId, method: 'POST', url: '/v1/responses', body })}\n`;
  }
}

async function findIn<T>(pages: AsyncIterable<T>, isIt: (entry: T) => boolean): Promise<T | null> {
  let seen = 0;
  for await (const entry of pages) {
    if (isIt(entry)) return entry;
    seen += 1;
    if (seen >= mostLookedThrough) return null;
  }
  return null;
}

function statusOf(status: string): ReportedBatch['status'] {
  if (status === 'completed' || status === 'failed' || status === 'expired' || status === 'cancelled') return status;
  return status === 'cancelling' || status === 'finalizing' ? 'ending' : 'running';
}

function toBatch(batch: Batch): ReportedBatch {
  const { id, status, output_file_id: output, error_file_id: errors, request_counts: counts } = batch;
  return {
    id,
    status: statusOf(status),
    fileIds: [output, errors].flatMap((file) => (file === undefined || file === null || file === '' ? [] : [file])),
    problems: (batch.errors?.data ?? []).map(({ code, message, line }) => ({
      code: code ?? 'unknown',
      message: message ?? 'no reason was given',
      line: line ?? null,
    })),
    answered: (counts?.completed ?? 0) + (counts?.failed ?? 0),
    total: counts?.total ?? 0,
  };
}

// Provider data is parsed leniently: only the fields that are used, and unknown ones pass.
const ProblemSchema = z.object({ code: z.string().nullish(), message: z.string().nullish() });
const LineSchema = z.object({
  custom_id: z.string(),
  response: z.object({ status_code: z.number(), body: z.unknown() }).nullish(),
  error: ProblemSchema.nullish(),
});
const ErrorBodySchema = z.object({ error: ProblemSchema });

async function* answers(
  client: OpenAI,
  { fileId, model, prices }: { readonly fileId: string; readonly model: string; readonly prices: Prices },
  signal: AbortSignal,
): AsyncGenerator<BatchAnswerLine> {
  const response = await classified(client, async () => client.files.content(fileId, { signal }), signal);
  const lines = textLines(response);
  for (;;) {
    const { done, value } = await classified(client, async () => lines.next(), signal);
    if (done === true) return;
    const line = await classified(client, async () => LineSchema.safeParse(JSON.parse(value)));
    // A line without an item's id belongs to no item: the item counts as missing.
    if (line.success) yield toAnswer(line.data, model, prices);
  }
}

function toAnswer(line: z.infer<typeof LineSchema>, model: string, prices: Prices): BatchAnswerLine {
  const { custom_id: customId, response, error } = line;
  if (response?.status_code === 200) {
    try {
      const read = readResponse(response.body, model, prices);
      const usage = { ...read.usage, costUsd: read.usage.costUsd * priceShare('economy') };
      return { customId, response: { ...read, usage }, problem: null };
    } catch (error) {
      if (!(error instanceof ApplicationFailure) || !isPerhapsPaid(error)) throw error;
      // It would be just as unreadable the next time, and must not keep the other lines from their items.
      return { customId, response: null, problem: { code: 'unreadable', message: error.message, httpStatus: 200 } };
    }
  }
  const said = ErrorBodySchema.safeParse(response?.body).data?.error ?? error;
  const problem = {
    code: said?.code ?? 'unknown',
    message: said?.message ?? 'no reason was given',
    httpStatus: response?.status_code ?? null,
  };
  return { customId, response: null, problem };
}

/** The lines of a body, with one in memory at a time. */
async function* textLines({ body }: Response): AsyncGenerator<string> {
  if (body === null) return;
  const decoder = new TextDecoder();
  let rest = '';
  for await (const chunk of body) {
    rest += decoder.decode(chunk, { stream: true });
    const lines = rest.split('\n');
    rest = lines.pop() ?? '';
    yield* lines.filter((line) => line.trim() !== '');
  }
  rest += decoder.decode();
  if (rest.trim() !== '') yield rest;
}
