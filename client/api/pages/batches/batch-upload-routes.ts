/** Routes of the upload form on a batch's page: the preview of a file's beginning, and the upload of the file. */
import { Readable } from 'node:stream';
import type { OpenAPIHono } from '@hono/zod-openapi';
import { z } from 'zod';
import { delimiterNames, textEncodings } from '../../../../workflows/contract/batches/table-format.ts';
import { findBatch } from '../../batches/batch-control.ts';
import { takeItems } from '../../batches/batch-items.ts';
import type { ApiDependencies } from '../../dependencies.ts';
import { ProblemError } from '../../http/problem.ts';
import { previewRows } from '../../rows/preview.ts';
import type { RowFormat } from '../../rows/reading.ts';
import { uploadPreview } from './batch-upload.ts';

/** A select without a choice sends an empty text. */
const left = z.literal('').transform(() => undefined);
const FormatFields = {
  delimiter: z.enum(delimiterNames).or(left).optional(),
  encoding: z.enum(textEncodings).or(left).optional(),
};
const ItemsForm = z.object({ items: z.instanceof(File), key: z.string().min(1).max(200), ...FormatFields });
const PreviewQuery = z.object({
  name: z.string().max(500),
  /** The rest of the file was not sent. */
  cut: z.enum(['true', 'false']).default('false'),
  ...FormatFields,
});

export function addBatchUploadRoutes(app: OpenAPIHono, dependencies: ApiDependencies): void {
  app.post('/batches/:id/append', async (context) => {
    const id = context.req.param('id');
    const sent = ItemsForm.safeParse(await context.req.parseBody());
    if (!sent.success) throw new ProblemError('invalid-request', notItems);
    const { items, key, delimiter, encoding } = sent.data;
    const body = items.stream();
    const format = formatOfFile(items.name);
    await takeItems(dependencies, id, { body, format, idempotencyKey: key, delimiter, encoding });
    return context.redirect(`/batches/${id}`, 303);
  });
  app.post('/batches/:id/items-preview', async (context) => {
    const query = PreviewQuery.safeParse(context.req.query());
    if (!query.success) throw new ProblemError('invalid-request', notItems);
    const { name, cut, ...named } = query.data;
    const { definition } = await findBatch(dependencies.store, context.req.param('id'));
    const body = context.req.raw.body ?? Readable.from([]);
    const preview = await previewRows(
      { body, format: formatOfFile(name), isCut: cut === 'true', ...named },
      definition.prompt,
    );
    return context.html(uploadPreview(preview));
  });
}

const notItems = 'items are a .csv, .tsv or .txt with a header, or a .jsonl with an object a line';

function formatOfFile(name: string): RowFormat {
  if (/\.(csv|tsv|txt)$/i.test(name)) return 'csv';
  if (/\.(jsonl|ndjson)$/i.test(name)) return 'jsonl';
  throw new ProblemError('invalid-request', `${notItems}; save a workbook as CSV first`);
}
