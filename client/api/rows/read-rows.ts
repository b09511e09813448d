/**
 * Items of a batch as they are sent: CSV with a header, or one JSON object a line. Read as a stream, row by row, each
 * wrong row told with its line and how to mend it; one wrong row refuses them all, so that nothing is half there.
 */
import { maximumItemBytes } from '../../../store/batches/batch-items.ts';
import type { BatchItemInput } from '../../../workflows/contract/batches/schema.ts';
import type { DelimiterName, TableFormat } from '../../../workflows/contract/batches/table-format.ts';
import { templateNames } from '../../../workflows/contract/lead-magnets/template.ts';
import { csvRows } from './csv-rows.ts';
import { decodedText } from './decoded-text.ts';
import { jsonlRows } from './jsonl-rows.ts';
import { tooLarge, WrongRows, type Reading, type RowFormat } from './reading.ts';

/** What is told of a file without any row. */
export const noRows = 'there are no rows: send one for each item, a CSV with its header before them';

/** Thrown when the sender went away before the last row. */
export class BrokenUpload extends Error {
  override readonly name = 'BrokenUpload';
}

export interface RowSource extends TableFormat {
  readonly body: AsyncIterable<Uint8Array>;
  readonly format: RowFormat;
}

/**
 * Yields items until the first wrong row, then reads on to find the others. Throws `WrongRows` at the end. What was found
 * out about the file is in `reading`.
 */
export async function* readRows(
  { body, format, delimiter, encoding }: RowSource,
  prompt: string,
  reading: Reading,
): AsyncGenerator<BatchItemInput> {
  const texts = decodedText(unbroken(body), encoding, reading);
  yield* rowsOfText({ texts, format, delimiter }, promptFields(prompt), reading);
  if (reading.problemCount > 0) throw new WrongRows(reading.problems, reading.problemCount);
}

interface RowText {
  readonly texts: AsyncGenerator<string>;
  readonly format: RowFormat;
  readonly delimiter: DelimiterName | undefined;
  /** Whether the rest of the file is missing. */
  readonly isBeginning?: boolean;
}

/** Yields items until the first wrong row, then reads on. Wrong rows are told to `reading`. */
export async function* rowsOfText(
  { texts, format, delimiter, isBeginning }: RowText,
  fields: readonly string[],
  reading: Reading,
): AsyncGenerator<BatchItemInput> {
  const rows =
    format === 'csv' ? csvRows(texts, { fields, named: delimiter, isBeginning }, reading) : jsonlRows(texts, reading);
  for await (const { line, item } of rows) {
    const missing = fields.filter((field) => !Object.hasOwn(item, field));
    if (missing.length > 0)
      reading.wrong(line, `has no ${missing.join(', ')}, which the prompt names; add it, if empty`);
    else if (Buffer.byteLength(JSON.stringify(item)) > maximumItemBytes) reading.wrong(line, tooLarge);
    else if (reading.problemCount === 0) yield item;
  }
}

/** The fields of an item that the prompt names outside of sections, which may be left out. */
export function promptFields(prompt: string): string[] {
  const named = templateNames(prompt).names.filter(
    ({ path, sections }) => sections.length === 0 && path.startsWith('item.'),
  );
  return [...new Set(named.map(({ path }) => path.split('.')[1] ?? ''))].filter((field) => field !== '');
}

/** The body; one that breaks off ends as a `BrokenUpload`. */
export async function* unbroken(body: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  try {
    yield* body;
  } catch (error) {
    throw new BrokenUpload('the upload broke off; nothing of it was stored, send it again', { cause: error });
  }
}
