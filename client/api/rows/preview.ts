/**
 * Previews the beginning of a file of items as it would be read, so that a person can check columns and letters before
 * sending it.
 */
import { parse as parseCsv } from 'csv-parse/sync';
import { maximumItemBytes } from '../../../store/batches/items/batch-items.ts';
import type { BatchItemInput } from '../../../workflows/contract/batches/schema.ts';
import { delimiters, type DelimiterName } from '../../../workflows/contract/batches/table-format.ts';
import { isCsvError } from './csv-rows.ts';
import { decodedText } from './decoded-text.ts';
import { delimiterOf, judgedCharacters, rowEndsOf } from './delimiter.ts';
import { noRows, promptFields, rowsOfText, type RowSource } from './read-rows.ts';
import { Reading } from './reading.ts';

export interface RowPreview {
  readonly reading: Reading;
  readonly columns: readonly string[];
  readonly rows: readonly (readonly string[])[];
  /** Errors that would refuse the file, as far as its beginning shows. */
  readonly problem: string | null;
}

const previewedRows = 5;

/** The beginning of a file. */
export interface RowBeginning extends RowSource {
  /** Whether the file continues. */
  readonly isCut: boolean;
}

/** Reads the beginning of a file. Its rows are parsed like those of an upload, so that errors are reported before. */
export async function previewRows(source: RowBeginning, prompt: string): Promise<RowPreview> {
  const { format } = source;
  const reading = new Reading();
  const fields = promptFields(prompt);
  const { text, isBeginning } = await beginningOf(source, reading);
  const detected = delimiterOf(text, fields);
  const delimiter = source.delimiter ?? detected.delimiter;
  const texts = (async function* () {
    yield text;
  })();
  const items: BatchItemInput[] = [];
  let count = 0;
  for await (const item of rowsOfText({ texts, format, delimiter: source.delimiter, isBeginning }, fields, reading)) {
    count += 1;
    if (items.length < previewedRows) items.push(item);
  }
  const [first] = reading.problems;
  const none = count === 0 && !isBeginning ? `${noRows}.` : null;
  const problem = first === undefined ? none : `${first.path} ${first.message}.`;
  const table = format === 'csv' ? csvTable(text.slice(detected.lineLength), delimiter) : jsonTable(items);
  return { reading, ...table, problem };
}

/** Complete lines at the beginning for the detection; a line that is cut off is left out. */
async function beginningOf(
  { body, encoding, format, isCut }: RowBeginning,
  reading: Reading,
): Promise<{ readonly text: string; readonly isBeginning: boolean }> {
  let text = '';
  let isBeginning = isCut;
  for await (const part of decodedText(body, encoding, reading, isCut)) {
    text += part;
    if (text.length < judgedCharacters) continue;
    isBeginning = true;
    break;
  }
  if (!isBeginning) return { text, isBeginning };
  const lineEnd = format === 'jsonl' || rowEndsOf(text).includes('\n') ? '\n' : '\r';
  return { text: text.slice(0, text.lastIndexOf(lineEnd) + 1), isBeginning };
}

type Table = Pick<RowPreview, 'columns' | 'rows'>;

/** The first records unchanged, including wrong ones, so that a person sees what is wrong with them. */
function csvTable(text: string, delimiter: DelimiterName): Table {
  const records: string[][] = [];
  try {
    parseCsv(text, {
      delimiter: delimiters[delimiter],
      record_delimiter: [...rowEndsOf(text)],
      skip_empty_lines: true,
      relax_column_count: true,
      relax_quotes: true,
      max_record_size: 2 * maximumItemBytes,
      to: 1 + previewedRows,
      on_record: (record: string[]) => {
        records.push(record);
        return null;
      },
    });
  } catch (error) {
    if (!isCsvError(error)) throw error;
  }
  const [header = [], ...rows] = records;
  return { columns: header.map((name) => name.trim()), rows };
}

function jsonTable(items: readonly BatchItemInput[]): Table {
  const columns = [...new Set(items.flatMap((item) => Object.keys(item)))];
  return {
    columns,
    rows: items.map((item) => columns.map((name) => (Object.hasOwn(item, name) ? textOf(item[name]) : ''))),
  };
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}
