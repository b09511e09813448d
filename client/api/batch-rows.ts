/**
 * Items of a batch as they are sent: CSV with a header, or one JSON object a line. Read as a stream, row by row, each
 * wrong row told with its line and how to mend it; one wrong row refuses them all, so that nothing is half there.
 */
import { parse as parseCsv, type CsvError } from 'csv-parse';
import { Readable } from 'node:stream';
import { TextDecoder } from 'node:util';
import { maximumItemBytes } from '../../store/batch-items.ts';
import { BatchItemInputSchema, type BatchItemInput } from '../../workflows/contract/batch-schema.ts';
import { templateNames } from '../../workflows/contract/template.ts';

export type RowFormat = 'csv' | 'jsonl';

interface RowProblem {
  /** As `line 3`. */
  readonly path: string;
  readonly message: string;
}

/** Thrown at the end of the rows, when some were wrong. */
export class WrongRows extends Error {
  override readonly name = 'WrongRows';
  readonly problems: readonly RowProblem[];

  constructor(problems: readonly RowProblem[], count: number) {
    super(count === 1 ? 'one row is wrong; nothing was stored' : `${count} rows are wrong; nothing was stored`);
    this.problems = problems;
  }
}

/** Thrown when the sender went away before the last row. */
export class BrokenUpload extends Error {
  override readonly name = 'BrokenUpload';
}

/** How many wrong rows are told; the others are counted. */
const toldProblems = 20;

class Problems {
  readonly told: RowProblem[] = [];
  count = 0;

  add(line: number, message: string): void {
    this.count += 1;
    if (this.told.length < toldProblems) this.told.push({ path: `line ${line}`, message });
  }
}

/** Yields items until the first wrong row, then reads on to find the others. Throws `WrongRows` at the end. */
export async function* readRows(
  body: AsyncIterable<Uint8Array>,
  format: RowFormat,
  prompt: string,
): AsyncGenerator<BatchItemInput> {
  const problems = new Problems();
  const fields = promptFields(prompt);
  const rows = format === 'csv' ? csvRows(body, fields, problems) : jsonlRows(body, problems);
  for await (const { line, item } of rows) {
    const missing = fields.filter((field) => !Object.hasOwn(item, field));
    if (missing.length > 0)
      problems.add(line, `has no ${missing.join(', ')}, which the prompt names; add it, if empty`);
    else if (Buffer.byteLength(JSON.stringify(item)) > maximumItemBytes) problems.add(line, tooLarge);
    else if (problems.count === 0) yield item;
  }
  if (problems.count > 0) throw new WrongRows(problems.told, problems.count);
}

const tooLarge = `is larger than ${maximumItemBytes / 1024} KiB; shorten it`;
const notText = 'is not UTF-8 text; save the file as UTF-8 and send it again';

/** The fields of an item that the prompt names outside of sections, which may be left out. */
function promptFields(prompt: string): string[] {
  const named = templateNames(prompt).names.filter(
    ({ path, sections }) => sections.length === 0 && path.startsWith('item.'),
  );
  return [...new Set(named.map(({ path }) => path.split('.')[1] ?? ''))].filter((field) => field !== '');
}

interface Row {
  readonly line: number;
  readonly item: BatchItemInput;
}

async function* csvRows(
  body: AsyncIterable<Uint8Array>,
  fields: readonly string[],
  problems: Problems,
): AsyncGenerator<Row> {
  let headerIsWrong = false;
  const parser = parseCsv({
    bom: true,
    info: true,
    skip_empty_lines: true,
    max_record_size: 2 * maximumItemBytes,
    skip_records_with_error: true,
    on_skip: (error) => {
      if (error !== undefined) problems.add(lineOf(error), csvMessage(error));
      return undefined;
    },
    columns: (header: string[]) => {
      const names = header.map((name) => name.trim());
      const wrong = headerProblem(names, fields);
      if (wrong !== null) problems.add(1, wrong);
      headerIsWrong = wrong !== null;
      return names;
    },
  });
  // Errors of the source end the parser too, and come out of it.
  Readable.from(decoded(body, problems))
    .on('error', (error) => parser.destroy(error))
    .pipe(parser);
  try {
    for await (const read of parser) {
      const { info, record }: { info: { lines: number }; record: Record<string, string> } = read;
      // What is wrong with the header is wrong with every row.
      if (!headerIsWrong) yield { line: info.lines, item: record };
    }
  } catch (error) {
    if (!isCsvError(error)) throw error;
    problems.add(lineOf(error), csvMessage(error));
  }
}

function headerProblem(names: readonly string[], fields: readonly string[]): string | null {
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined) return `names the column ${JSON.stringify(twice)} twice; rename one`;
  if (names.includes('')) return 'has a column without a name; the first line must name each column';
  const missing = fields.filter((field) => !names.includes(field));
  if (missing.length === 0) return null;
  const hint = names.length === 1 && /[;\t]/.test(names[0] ?? '') ? ' Separate columns by commas.' : '';
  return `has no column ${missing.join(', ')}, which the prompt names; there are ${names.join(', ')}.${hint}`;
}

function isCsvError(error: unknown): error is CsvError {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' && error.code.startsWith('CSV_');
}

function lineOf(error: CsvError): number {
  const lines: unknown = error['lines'];
  return typeof lines === 'number' ? lines : 0;
}

const manyFields = 'has another number of fields than the header; put fields that contain commas in double quotes';
const innerQuote = 'has a double quote within a field; put the field in quotes and write the quote twice';
const csvMessages: Readonly<Partial<Record<CsvError['code'], string>>> = {
  CSV_RECORD_INCONSISTENT_COLUMNS: manyFields,
  CSV_RECORD_INCONSISTENT_FIELDS_LENGTH: manyFields,
  CSV_QUOTE_NOT_CLOSED: 'opens a double quote that is never closed; close it, and write a quote within a field twice',
  INVALID_OPENING_QUOTE: innerQuote,
  CSV_INVALID_CLOSING_QUOTE: innerQuote,
  CSV_MAX_RECORD_SIZE: tooLarge,
};

function csvMessage({ code, message }: CsvError): string {
  return csvMessages[code] ?? `cannot be read: ${message}`;
}

async function* jsonlRows(body: AsyncIterable<Uint8Array>, problems: Problems): AsyncGenerator<Row> {
  let line = 0;
  for await (const text of lines(decoded(body, problems))) {
    line += 1;
    if (text === null) problems.add(line, tooLarge);
    if (text === null || text.trim() === '') continue;
    const item = BatchItemInputSchema.safeParse(parseJson(text));
    if (item.success) yield { line, item: item.data };
    else problems.add(line, 'is not a JSON object; write one object a line, as in {"name":"Ada"}');
  }
}

/** Null stands for a line that is too long to be kept. */
async function* lines(texts: AsyncIterable<string>): AsyncGenerator<string | null> {
  let rest = '';
  let cutting = false;
  for await (const text of texts) {
    const parts = text.split('\n');
    const last = parts.pop() ?? '';
    for (const part of parts) {
      yield cutting ? null : rest + part;
      rest = '';
      cutting = false;
    }
    rest = cutting ? '' : rest + last;
    if (rest.length > 2 * maximumItemBytes) {
      rest = '';
      cutting = true;
    }
  }
  if (cutting) yield null;
  else if (rest !== '') yield rest;
}

/** The body as text. What is no text is told by its line, and ends it. */
async function* decoded(body: AsyncIterable<Uint8Array>, problems: Problems): AsyncGenerator<string> {
  const decoder = new TextDecoder('utf-8', { fatal: true });
  let line = 1;
  for await (const bytes of unbroken(body)) {
    const text = decode(decoder, bytes);
    if (text === null) {
      const [before = ''] = new TextDecoder().decode(bytes).split('\uFFFD');
      return problems.add(line + newlines(before), notText);
    }
    line += newlines(text);
    yield text;
  }
  if (decode(decoder, null) === null) problems.add(line, notText);
}

/** Null when the bytes are no text. */
function decode(decoder: TextDecoder, bytes: Uint8Array | null): string | null {
  try {
    return bytes === null ? decoder.decode() : decoder.decode(bytes, { stream: true });
  } catch (error) {
    if (error instanceof TypeError) return null;
    throw error;
  }
}

function newlines(text: string): number {
  return text.split('\n').length - 1;
}

/** The body; one that breaks off ends as a `BrokenUpload`. */
export async function* unbroken(body: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  try {
    yield* body;
  } catch (error) {
    throw new BrokenUpload('the upload broke off; nothing of it was stored, send it again', { cause: error });
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
