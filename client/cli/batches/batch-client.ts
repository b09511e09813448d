/** Batches over the HTTP API, as the command line uses them. Items and results are streamed, whatever their number. */
import { createReadStream } from 'node:fs';
import { access, constants, stat } from 'node:fs/promises';
import { extname } from 'node:path';
import { Readable } from 'node:stream';
import { setTimeout as delay } from 'node:timers/promises';
import { z } from 'zod';
import type { BatchLimitChanges } from '../../../workflows/contract/batches/limits.ts';
import { BatchViewSchema, type BatchView } from '../../../workflows/contract/batches/schema.ts';
import { delimiterNames, textEncodings, type TableFormat } from '../../../workflows/contract/batches/table-format.ts';
import type { ApiCalls } from '../api-calls.ts';
import { CommandError, exitCodes, LostAnswer } from '../exit-codes.ts';
import { formatQuery } from './table-options.ts';

const BatchSchema = BatchViewSchema.extend({
  progress: z.object({
    ended: z.int(),
    itemsPerMinute: z.number(),
    secondsLeft: z.int().nullable(),
    forecastUsd: z.number().nullable(),
    failures: z.array(z.object({ type: z.string(), count: z.int() })),
    waits: z.array(z.object({ message: z.string(), until: z.string() })),
    stopped: z.object({ message: z.string(), at: z.string() }).nullable(),
  }),
});
export type Batch = z.infer<typeof BatchSchema>;

const SwitchSchema = z.object({ stopped: z.object({ message: z.string(), at: z.string() }).nullable() });
const PreviewSchema = z.object({ prompts: z.array(z.object({ position: z.int(), prompt: z.string() })) });

const SentItemsSchema = z.object({
  added: z.int(),
  read: z
    .object({
      encoding: z.enum(textEncodings),
      delimiter: z.enum(delimiterNames).nullable(),
      notes: z.array(z.string()),
    })
    .nullable(),
});
type SentItems = z.infer<typeof SentItemsSchema>;

/** What is done to a batch without more words. */
export type BatchVerb = 'start' | 'estimate' | 'resume' | 'cancel';

export interface BatchClient {
  /** Sent again under its key when the answer is lost. */
  create(definition: unknown, idempotencyKey: string): Promise<Batch>;
  /** Streams a file of items, likewise. */
  send(id: string, file: string, idempotencyKey: string, format: TableFormat): Promise<SentItems>;
  find(id: string): Promise<Batch>;
  list(query: Readonly<Record<string, string>>): Promise<readonly BatchView[]>;
  act(id: string, verb: BatchVerb): Promise<Batch>;
  pause(id: string, message: string): Promise<Batch>;
  limits(id: string, changes: BatchLimitChanges): Promise<Batch>;
  retryFailed(id: string, uncertain: boolean): Promise<Batch>;
  remove(id: string): Promise<void>;
  preview(id: string): Promise<readonly string[]>;
  /** The results in parts as they come. */
  results(
    id: string,
    format: 'jsonl' | 'csv',
    query: readonly [name: string, value: string][],
  ): Promise<AsyncIterable<Uint8Array>>;
  stopPlatform(message: string): Promise<void>;
  resumePlatform(): Promise<void>;
}

export function createBatchClient({ call, read }: ApiCalls): BatchClient {
  const at = (id: string, rest = ''): string => `/v1/batches/${encodeURIComponent(id)}${rest}`;
  const send = (method: string, body: unknown, headers: Record<string, string> = {}): RequestInit => ({
    method,
    body: JSON.stringify(body),
    headers: { 'content-type': 'application/json', ...headers },
  });
  return {
    create: (definition, key) =>
      untilAnswered(() => read(BatchSchema, '/v1/batches', send('POST', definition, { 'idempotency-key': key }))),
    send: (id, file, key, format) =>
      untilAnswered(() => {
        const init = {
          method: 'POST',
          headers: { 'content-type': itemsType(file), 'idempotency-key': key },
          body: Readable.toWeb(createReadStream(file)),
          duplex: 'half',
        } as const;
        return read(SentItemsSchema, at(id, `/items?${formatQuery(format)}`), init);
      }),
    find: (id) => read(BatchSchema, at(id)),
    async list(query) {
      const filter = new URLSearchParams(query).toString();
      return (await read(z.object({ batches: z.array(BatchViewSchema) }), `/v1/batches?${filter}`)).batches;
    },
    act(id, verb) {
      const ask = (): Promise<Batch> => read(BatchSchema, at(id, `/${verb}`), { method: 'POST' });
      // What is begun a second time goes on; a second resume or cancel is refused.
      return verb === 'start' || verb === 'estimate' ? untilAnswered(ask) : ask();
    },
    pause: (id, message) => read(BatchSchema, at(id, '/pause'), send('POST', { message })),
    limits: (id, changes) => read(BatchSchema, at(id, '/limits'), send('PATCH', changes)),
    retryFailed: (id, uncertain) => read(BatchSchema, at(id, '/retry-failed'), send('POST', { uncertain })),
    async remove(id) {
      await call(at(id), { method: 'DELETE' });
    },
    async preview(id) {
      return (await read(PreviewSchema, at(id, '/preview'))).prompts.map(({ prompt }) => prompt);
    },
    async results(id, format, query) {
      const parameters = new URLSearchParams(query).toString();
      const { body } = await call(at(id, `/results.${format}?${parameters}`));
      if (body === null) throw new CommandError('The API answered nothing.', exitCodes.unexpected);
      return body;
    },
    async stopPlatform(message) {
      await read(SwitchSchema, '/v1/platform/stop', send('POST', { message }));
    },
    async resumePlatform() {
      await read(SwitchSchema, '/v1/platform/resume', { method: 'POST' });
    },
  };
}

const tries = 3;
const betweenTriesMilliseconds = 1000;

/** Asks again when the answer is lost; what is asked must be the same under its key. */
async function untilAnswered<T>(ask: () => Promise<T>): Promise<T> {
  for (let left = tries - 1; ; left -= 1) {
    try {
      return await ask();
    } catch (error) {
      if (!(error instanceof LostAnswer) || left === 0) throw error;
      await delay(betweenTriesMilliseconds);
    }
  }
}

/** Throws a `CommandError` for what is no file of items, before anything is sent. */
export async function checkItemsFile(file: string): Promise<void> {
  itemsType(file);
  const isFile = await access(file, constants.R_OK).then(
    async () => (await stat(file)).isFile(),
    () => false,
  );
  if (!isFile) throw new CommandError(`${file} cannot be read.`, exitCodes.usage);
}

/** The media type of a file of items, by its name. */
function itemsType(file: string): string {
  const types: Readonly<Record<string, string>> = {
    '.csv': 'text/csv',
    '.tsv': 'text/csv',
    // Excel's "Unicode text".
    '.txt': 'text/csv',
    '.jsonl': 'application/x-ndjson',
    '.ndjson': 'application/x-ndjson',
  };
  const type = types[extname(file).toLowerCase()];
  if (type !== undefined) return type;
  throw new CommandError(
    `${file}: items are a .csv, .tsv or .txt with a header, or a .jsonl with an object a line. Save a workbook as CSV first.`,
    exitCodes.usage,
  );
}
