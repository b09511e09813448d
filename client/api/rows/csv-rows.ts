/** Parses rows of a CSV while its text arrives, each with its line. Errors say how to fix them. */
import { counted } from '../../../workflows/contract/counted.ts';
import { parse as parseCsv, type CsvError, type Parser } from 'csv-parse';
import { Readable } from 'node:stream';
import { maximumItemBytes } from '../../../store/batches/items/batch-items.ts';
import { delimiters, type DelimiterName } from '../../../workflows/contract/batches/table-format.ts';
import { headerProblem } from './csv-header.ts';
import { delimiterOf, judgedCharacters, rowEndsOf } from './delimiter.ts';
import { tooLarge, type Reading } from './reading.ts';

export interface CsvRow {
  readonly line: number;
  readonly item: Readonly<Record<string, string>>;
}

export interface CsvExpected {
  /** The required columns. */
  readonly fields: readonly string[];
  readonly named: DelimiterName | undefined;
  /** Whether the rest of the file is missing, so that a quote may be closed there. */
  readonly isBeginning?: boolean | undefined;
}

/** Values are kept as text, including numbers with a decimal comma. */
export async function* csvRows(
  texts: AsyncGenerator<string>,
  { fields, named, isBeginning = false }: CsvExpected,
  reading: Reading,
): AsyncGenerator<CsvRow> {
  const head = await beginningOf(texts);
  const detected = delimiterOf(head, fields);
  const delimiter = named ?? detected.delimiter;
  reading.delimiter = delimiter;
  const header = { line: detected.lineLength === 0 ? 1 : 2, isWrong: false };
  const lines = new Lines(header.line - 1);
  const wrong = (error: CsvError): void => {
    const isCutOff = isBeginning && error.code === 'CSV_QUOTE_NOT_CLOSED';
    if (!isCutOff) reading.wrong(lines.ofError(error), csvMessage(error, delimiter));
  };
  const parser = parserOf({ delimiter, rowEnds: rowEndsOf(head), fields, header, lines, reading, wrong });
  // Errors of the source end the parser too, and are thrown by it.
  Readable.from(followed(head.slice(detected.lineLength), texts))
    .on('error', (error) => parser.destroy(error))
    .pipe(parser);
  let empty = 0;
  try {
    for await (const read of parser) {
      const row: CsvRow = read;
      // An error in the header would appear in every row.
      if (header.isWrong) continue;
      if (isBlank(row.item)) empty += 1;
      else yield row;
    }
  } catch (error) {
    if (!isCsvError(error)) throw error;
    wrong(error);
  }
  if (empty > 0)
    reading.note(`${counted(empty, 'row without any value was', 'rows without any value were')} left out.`);
}

interface Parsing {
  readonly delimiter: DelimiterName;
  readonly rowEnds: readonly string[];
  readonly fields: readonly string[];
  readonly header: { readonly line: number; isWrong: boolean };
  readonly lines: Lines;
  readonly reading: Reading;
  readonly wrong: (error: CsvError) => void;
}

function parserOf({ delimiter, rowEnds, fields, header, lines, reading, wrong }: Parsing): Parser {
  return parseCsv({
    delimiter: delimiters[delimiter],
    record_delimiter: [...rowEnds],
    on_record: (item: Record<string, string>, info) => ({ line: lines.of(info.lines, item), item }),
    skip_empty_lines: true,
    max_record_size: 2 * maximumItemBytes,
    skip_records_with_error: true,
    on_skip: (error) => {
      if (error !== undefined) wrong(error);
      return undefined;
    },
    columns: (names: string[]) => {
      const columns = names.map((name) => name.trim());
      const problem = headerProblem(columns, fields, delimiter);
      if (problem !== null) reading.wrong(header.line, problem);
      header.isWrong = problem !== null;
      return columns;
    },
  });
}

/** Spreadsheets save rows that were once filled as delimiters only. With one column, an empty row may be intended. */
function isBlank(record: Readonly<Record<string, string>>): boolean {
  const values = Object.values(record);
  return values.length > 1 && values.every((value) => value === '');
}

async function beginningOf(texts: AsyncGenerator<string>): Promise<string> {
  let head = '';
  while (head.length < judgedCharacters) {
    const { done, value } = await texts.next();
    if (done === true) break;
    head += value;
  }
  return head;
}

async function* followed(head: string, texts: AsyncGenerator<string>): AsyncGenerator<string> {
  if (head !== '') yield head;
  yield* texts;
}

/** Lines of the file, from the parser's count: it counts the two characters of a line break in a field as two lines. */
class Lines {
  private ahead = 0;
  private readonly before: number;

  constructor(before: number) {
    this.before = before;
  }

  of(counted: number, record: Readonly<Record<string, string>>): number {
    for (const value of Object.values(record)) {
      if (value.includes('\r\n')) this.ahead += value.split('\r\n').length - 1;
    }
    return this.line(counted);
  }

  ofError(error: CsvError): number {
    const counted: unknown = error['lines'];
    return this.line(typeof counted === 'number' ? counted : 0);
  }

  private line(counted: number): number {
    return counted + this.before - this.ahead;
  }
}

export function isCsvError(error: unknown): error is CsvError {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' && error.code.startsWith('CSV_');
}

const innerQuote = 'has a double quote within a field; put the field in quotes and write the quote twice';
const csvMessages: Readonly<Partial<Record<CsvError['code'], string>>> = {
  CSV_QUOTE_NOT_CLOSED: 'opens a double quote that is never closed; close it, and write a quote within a field twice',
  INVALID_OPENING_QUOTE: innerQuote,
  CSV_INVALID_CLOSING_QUOTE: innerQuote,
  CSV_MAX_RECORD_SIZE: tooLarge,
};

/** The problem of a row, and how to fix it. */
function csvMessage({ code, message }: CsvError, delimiter: DelimiterName): string {
  if (code === 'CSV_RECORD_INCONSISTENT_COLUMNS' || code === 'CSV_RECORD_INCONSISTENT_FIELDS_LENGTH')
    return `has another number of fields than the header; put fields that contain ${delimiter}s in double quotes`;
  return csvMessages[code] ?? `cannot be read: ${message}`;
}
