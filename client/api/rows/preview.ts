/** The beginning of a file of items as it would be read, so that a person sees columns and letters before it is sent. */
import { parse as parseCsv } from 'csv-parse/sync';
import { maximumItemBytes } from '../../../store/batch-items.ts';
import { delimiters, type DelimiterName } from '../../../workflows/contract/table-format.ts';
import { csvMessage, isCsvError } from './csv-rows.ts';
import { headerProblem } from './csv-header.ts';
import { decodedText } from './decoded-text.ts';
import { delimiterOf, rowEndsOf } from './delimiter.ts';
import { jsonlRows } from './jsonl-rows.ts';
import { promptFields, type RowSource } from './read-rows.ts';
import { Reading } from './reading.ts';

export interface RowPreview {
  readonly reading: Reading;
  readonly columns: readonly string[];
  readonly rows: readonly (readonly string[])[];
  /** What would refuse the file, as far as its beginning tells. */
  readonly problem: string | null;
}

const previewedRows = 5;

/** Looks at the beginning of a file, whose end may be cut off. */
export async function previewRows(source: RowSource, prompt: string): Promise<RowPreview> {
  const reading = new Reading();
  const texts = decodedText(source.body, source.encoding, reading, true);
  const fields = promptFields(prompt);
  if (source.format === 'jsonl') return jsonlPreview(texts, reading);
  let text = '';
  for await (const part of texts) text += part;
  const told = delimiterOf(text, fields);
  const delimiter = source.delimiter ?? told.delimiter;
  reading.delimiter = delimiter;
  const { records, wrong } = recordsOf(text.slice(told.lineLength), delimiter);
  const [columns = [], ...rows] = records;
  const header = wrong ?? headerProblem(columns, fields, delimiter);
  const [first] = reading.problems;
  if (first !== undefined) return { reading, columns, rows, problem: `${first.path} ${first.message}.` };
  return {
    reading,
    columns,
    rows,
    problem: header === null ? null : `The ${wrong === null ? 'first line' : 'file'} ${header}.`,
  };
}

/** The first records. An error after some rows may come of the cut, and is left to the upload. */
function recordsOf(
  text: string,
  delimiter: DelimiterName,
): { readonly records: readonly (readonly string[])[]; readonly wrong: string | null } {
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
    return { records, wrong: null };
  } catch (error) {
    if (!isCsvError(error)) throw error;
    return { records, wrong: records.length > 1 ? null : csvMessage(error, delimiter) };
  }
}

async function jsonlPreview(texts: AsyncIterable<string>, reading: Reading): Promise<RowPreview> {
  const columns = new Set<string>();
  const items: Readonly<Record<string, unknown>>[] = [];
  for await (const { item } of jsonlRows(texts, reading)) {
    for (const name of Object.keys(item)) columns.add(name);
    if (items.push(item) === previewedRows) break;
  }
  const names = [...columns];
  const rows = items.map((item) => names.map((name) => (name in item ? textOf(item[name]) : '')));
  const [wrong] = reading.problems;
  const isCut = wrong !== undefined && items.length > 0;
  return {
    reading,
    columns: names,
    rows,
    problem: wrong === undefined || isCut ? null : `${wrong.path} ${wrong.message}.`,
  };
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}
