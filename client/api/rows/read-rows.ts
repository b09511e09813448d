/**
 * Parses the items of a batch as they are sent: CSV with a header, or one JSON object a line. It reads a stream, row by
 * row, and reports each wrong row with its line and how to fix it; one wrong row refuses all rows, so that no batch is
 * half filled.
 */
import { maximumItemBytes } from '../../../store/batches/items/batch-items.ts';
import type { BatchItemInput } from '../../../workflows/contract/batches/schema.ts';
import type { DelimiterName, TableFormat } from '../../../workflows/contract/batches/table-format.ts';
import { templateNames } from '../../../workflows/contract/lead-magnets/template.ts';
import { csvRows } from './csv-rows.ts';
import { decodedText } from './decoded-text.ts';
import { jsonlRows } from './jsonl-rows.ts';
import { tooLarge, WrongRows, type Reading, type RowFormat } from './reading.ts';

/** The error of a file without any row. */
export const noRows = 'there are no rows: send one for each item, a CSV with its header before them';

/** Thrown when the client disconnected before the last row. */
export class BrokenUpload extends Error {
  override readonly name = 'BrokenUpload';
}

export interface RowSource extends TableFormat {
  readonly body: AsyncIterable<Uint8Array>;
  readonly format: RowFormat;
}

/**
 * Yields items until the first wrong row, and then reads on to find others. Throws `WrongRows` at the end. What it
 * detects about the file is in `reading`.
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

/** Yields items until the first wrong row, and then reads on. Wrong rows are reported to `reading`. */
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

/** The fields of an item that the prompt uses outside of sections, where they may be missing. */
export function promptFields(prompt: string): string[] {
  const named = templateNames(prompt).names.filter(
    ({ path, sections }) => sections.length === 0 && path.startsWith('item.'),
  );
  return [...new Set(named.map(({ path }) => path.split('.')[1] ?? ''))].filter((field) => field !== '');
}

/** The body; an interrupted one ends with `BrokenUpload`. */
export async function* unbroken(body: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  try {
    yield* body;
  } catch (error) {
    throw new BrokenUpload('the upload broke off; nothing of it was stored, send it again', { cause: error });
  }
}
