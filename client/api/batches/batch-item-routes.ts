/** HTTP routes for a batch's items: upload, results and preview; uploads and results are streams. */
import { Readable } from 'node:stream';
import { createRoute, z, type OpenAPIHono } from '@hono/zod-openapi';
import { batchItemStatuses, type BatchItemStatus } from '../../../workflows/contract/batches/batch.ts';
import type { ResultEncoding } from '../../../workflows/contract/batches/table-format.ts';
import { fillTemplate } from '../../../workflows/contract/lead-magnets/template.ts';
import { changeRefusals, json, problem } from '../http/documented-answers.ts';
import { findBatch } from './batch-control.ts';
import { takeItems } from './batch-items.ts';
import { BatchSchema, withProgress } from './batch-progress.ts';
import { csvResults, jsonlResults, unwritable } from './batch-results.ts';
import type { ApiDependencies } from '../dependencies.ts';
import { ProblemError } from '../http/problem.ts';
import type { RowFormat } from '../rows/reading.ts';
import { ReadAsSchema, readAs, ResultFormatQuery, TableFormatQuery } from '../rows/table-format-query.ts';

const tags = ['Batches'];
const params = z.object({ id: z.string().openapi({ param: { name: 'id', in: 'path' } }) });
const missing = problem('No such batch');
const statusQuery = z.object({
  status: z
    .union([z.enum(batchItemStatuses), z.array(z.enum(batchItemStatuses))])
    .optional()
    .describe('only items of this status; may be repeated'),
});

const file = { schema: { type: 'string' as const, format: 'binary' } };

const sendRoute = createRoute({
  method: 'post',
  path: '/v1/batches/{id}/items',
  tags,
  summary: 'Upload items: CSV with a header, or one JSON object a line; also while the batch runs',
  description:
    'Delimiter and encoding are detected unless they are given. The body is read as a stream and may have any length. Either all rows are added or none; each wrong row is reported with its line. After a 503 the upload may be repeated; with an Idempotency-Key also when the response was lost.',
  request: {
    params,
    query: TableFormatQuery,
    headers: z.object({
      'content-type': z.string().describe('text/csv, text/tab-separated-values or application/x-ndjson'),
      'idempotency-key': z
        .string()
        .min(1)
        .max(200)
        .optional()
        .describe('an upload that is repeated with the same key adds nothing twice'),
    }),
    body: {
      required: true,
      content: { 'text/csv': file, 'text/tab-separated-values': file, 'application/x-ndjson': file },
    },
  },
  responses: {
    200: json('Added', z.object({ added: z.int(), batch: BatchSchema, read: ReadAsSchema.nullable() })),
    ...changeRefusals,
    400: problem('The upload broke off and nothing of it was stored, or a parameter is wrong'),
    404: missing,
    409: problem(
      'The batch has ended, another upload is in progress, or the Idempotency-Key was used for another upload',
    ),
    415: problem('The body is neither text/csv nor application/x-ndjson'),
    422: problem('Rows are wrong; each is reported with its line, and none was stored'),
    503: problem('Temporal cannot be reached, or no worker serves the batch: repeat the upload'),
  },
});

const jsonlRoute = createRoute({
  method: 'get',
  path: '/v1/batches/{id}/results.jsonl',
  tags,
  summary: 'All items with their results so far, one JSON object a line',
  request: { params, query: statusQuery },
  responses: {
    200: { description: 'The items, in order, as application/x-ndjson', content: { '*/*': file } },
    400: problem('The filter is wrong'),
    404: missing,
  },
});

const csvRoute = createRoute({
  method: 'get',
  path: '/v1/batches/{id}/results.csv',
  tags,
  summary: 'All items with their results so far, as CSV for spreadsheets',
  description:
    "A ' is put before text that a spreadsheet would run as a formula, also within a text after another separator; the JSON lines are exact. A character that the encoding lacks is refused, not replaced.",
  request: { params, query: statusQuery.extend(ResultFormatQuery.shape) },
  responses: {
    200: { description: 'The items, in order', content: { 'text/csv': file } },
    400: problem('A parameter is wrong'),
    404: missing,
    422: problem('A result has a character that the encoding lacks'),
  },
});

const PreviewSchema = z.object({ prompts: z.array(z.object({ position: z.int(), prompt: z.string() })) });
const previewRoute = createRoute({
  method: 'get',
  path: '/v1/batches/{id}/preview',
  tags,
  summary: 'The prompts of the first items',
  request: { params },
  responses: { 200: json('The prompts as the model will get them', PreviewSchema), 404: missing },
});

const previewed = 3;

/** Whether a path is the upload of items, whose body is read as a stream and may have any length. */
export function isItemUpload(path: string): boolean {
  return /^\/v1\/batches\/[^/]+\/items$/.test(path);
}

export function addBatchItemRoutes(app: OpenAPIHono, dependencies: ApiDependencies): void {
  const { store, now } = dependencies;
  app.openapi(sendRoute, async (context) => {
    const { id } = context.req.valid('param');
    const headers = context.req.valid('header');
    const format = formatOf(headers['content-type']);
    const idempotencyKey = headers['idempotency-key'];
    const body = context.req.raw.body ?? Readable.from([]);
    const upload = { body, format, idempotencyKey, ...context.req.valid('query') };
    const { added, reading } = await takeItems(dependencies, id, upload);
    const batch = await withProgress(store, await findBatch(store, id), now());
    return context.json({ added, batch, read: readAs(reading) }, 200);
  });

  app.openapi(jsonlRoute, async (context) => {
    const { id } = await findBatch(store, context.req.valid('param').id);
    const items = store.batchItems.export(id, statusesOf(context.req.valid('query').status));
    return download(jsonlResults(items), 'application/x-ndjson', `${id}.jsonl`);
  });

  app.openapi(csvRoute, async (context) => {
    const { id, definition } = await findBatch(store, context.req.valid('param').id);
    const { status, ...format } = context.req.valid('query');
    const items = () => store.batchItems.export(id, statusesOf(status));
    const lacking = await unwritable(items(), definition, format.encoding);
    if (lacking !== null)
      throw new ProblemError('not-encodable', `${lacking}, which ${format.encoding} lacks; take utf-8-bom or utf-16le`);
    return download(csvResults(items(), definition, format), csvType(format.encoding), `${id}.csv`);
  });

  app.openapi(previewRoute, async (context) => {
    const { id, definition } = await findBatch(store, context.req.valid('param').id);
    const items = await store.batchItems.page(id, { after: null, limit: previewed });
    const prompts = items.map(({ position, item }) => ({
      position,
      prompt: fillTemplate(definition.prompt, { item }, 'text'),
    }));
    return context.json({ prompts }, 200);
  });
}

function download(content: ReadableStream<Uint8Array>, type: string, name: string): Response {
  return new Response(content, {
    headers: { 'content-type': type, 'content-disposition': `attachment; filename="${name}"` },
  });
}

function csvType(encoding: ResultEncoding): string {
  return `text/csv; charset=${encoding === 'utf-8-bom' ? 'utf-8' : encoding}`;
}

function statusesOf(given: BatchItemStatus | BatchItemStatus[] | undefined): BatchItemStatus[] | undefined {
  return given === undefined || Array.isArray(given) ? given : [given];
}

function formatOf(contentType: string): RowFormat {
  const type = contentType.split(';')[0]?.trim().toLowerCase();
  if (type === 'text/csv' || type === 'text/tab-separated-values') return 'csv';
  if (type === 'application/x-ndjson' || type === 'application/jsonl') return 'jsonl';
  throw new ProblemError('unsupported-media-type', 'send the items as text/csv or application/x-ndjson');
}
