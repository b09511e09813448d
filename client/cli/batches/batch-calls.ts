/** Calls about batches: those that several commands make, and those that are repeated when the connection breaks. */
import { access, constants, stat } from 'node:fs/promises';
import { extname } from 'node:path';
import { answerOf, untilAnswered, type Api, type Batch, type Body, type Query } from '../api/client.ts';
import { CommandError, exitCodes } from '../exit-codes.ts';
import { sendWithProgress } from '../progress/upload.ts';

/** The format of a file of items. The API detects what is left out. */
export type ItemsFormat = Query<'post', '/v1/batches/{id}/items'>;

export const findBatch = (api: Api, id: string): Promise<Batch> =>
  answerOf(api.GET('/v1/batches/{id}', { params: { path: { id } } }));

/** Creates a batch. The call is repeated under its idempotency key when the connection breaks. */
export function createBatch(api: Api, body: Body<'post', '/v1/batches'>, idempotencyKey: string): Promise<Batch> {
  const params = { header: { 'idempotency-key': idempotencyKey } };
  return untilAnswered(() => answerOf(api.POST('/v1/batches', { params, body })));
}

/** Starts or estimates a batch. Both calls are safe to repeat: a second request changes nothing. */
export function beginBatch(api: Api, id: string, verb: 'start' | 'estimate'): Promise<Batch> {
  return untilAnswered(() => answerOf(api.POST(`/v1/batches/{id}/${verb}`, { params: { path: { id } } })));
}

/** Streams a file of items to a batch. The upload is repeated under its idempotency key when the connection breaks. */
export function sendItems(api: Api, id: string, file: string, idempotencyKey: string, query: ItemsFormat) {
  const header = { 'content-type': itemsType(file), 'idempotency-key': idempotencyKey };
  const params = { path: { id }, query, header };
  return untilAnswered(() =>
    sendWithProgress(file, (body) =>
      answerOf(
        api.POST('/v1/batches/{id}/items', { params, body, bodySerializer: (content) => content, duplex: 'half' }),
      ),
    ),
  );
}

export async function removeBatch(api: Api, id: string): Promise<void> {
  await api.DELETE('/v1/batches/{id}', { params: { path: { id } } });
}

/** Throws a `CommandError` when the path is not a readable file of items. Called before anything is sent. */
export async function checkItemsFile(file: string): Promise<void> {
  itemsType(file);
  const isFile = await access(file, constants.R_OK).then(
    async () => (await stat(file)).isFile(),
    () => false,
  );
  if (!isFile) throw new CommandError(`${file} cannot be read.`, exitCodes.usage);
}

/** Returns the media type of a file of items, by the ending of its name. */
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
