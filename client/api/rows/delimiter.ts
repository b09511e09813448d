/** Detects the delimiter of a CSV from its beginning: by Excel's own line, by the required columns, or by its shape. */
import { delimiters, type DelimiterName } from '../../../workflows/contract/batches/table-format.ts';

/** Characters of the beginning that are read. */
export const judgedCharacters = 64 * 1024;
/** Records of it that are compared. */
const judgedRecords = 50;

/** Of two delimiters that fit equally well, the one that is rarer in plain text comes first. */
const candidates = ['tab', 'semicolon', 'pipe', 'comma'] as const satisfies readonly DelimiterName[];

/** Excel's first line, as `sep=;`, which names the delimiter and is no row. */
const separatorLine = /^sep=([,;\t|])(?:\r\n|\r|\n|$)/i;

interface Told {
  readonly delimiter: DelimiterName;
  /** The length of that line; 0 when there is none. */
  readonly lineLength: number;
}

/** The delimiter of a text that begins with `head`. `fields` are the columns that the file should have. */
export function delimiterOf(head: string, fields: readonly string[]): Told {
  const line = separatorLine.exec(head);
  const named = candidates.find((name) => delimiters[name] === line?.[1]);
  if (line !== null && named !== undefined) return { delimiter: named, lineLength: line[0].length };
  const judged = candidates.map((delimiter) => ({ delimiter, ...shapeOf(head, delimiters[delimiter]) }));
  const best = judged
    .filter(({ columns }) => columns.length > 1)
    .map((shape) => ({ ...shape, fits: fields.filter((field) => shape.columns.includes(field)).length }))
    .sort((a, b) => b.fits - a.fits || b.alike - a.alike || b.columns.length - a.columns.length)
    .at(0);
  return { delimiter: best?.delimiter ?? 'comma', lineLength: 0 };
}

/** The row ends of a text that begins with `head`: carriage returns alone only when there is no line feed. */
export function rowEndsOf(head: string): readonly string[] {
  // The last quote may be closed after the head.
  const unquoted = head.replaceAll(/"[^"]*(?:"|$)/g, '');
  const sample = /[\r\n]/.test(unquoted) ? unquoted : head;
  return sample.includes('\n') || !sample.includes('\r') ? ['\r\n', '\n'] : ['\r'];
}

interface Shape {
  readonly columns: readonly string[];
  /** The share of records with as many fields as the first. */
  readonly alike: number;
}

/** Rates the text with this delimiter. Quotes are respected, so that their content is not counted. */
function shapeOf(head: string, delimiter: string): Shape {
  const records = recordsOf(head, delimiter);
  const [first = { columns: [], count: 0 }] = records;
  const alike = records.filter(({ count }) => count === first.count).length;
  return { columns: first.columns, alike: records.length === 0 ? 0 : alike / records.length };
}

function recordsOf(head: string, delimiter: string): { readonly columns: readonly string[]; readonly count: number }[] {
  const records: { columns: string[]; count: number }[] = [];
  let record: string[] = [];
  let from = 0;
  let quoted = false;
  const endField = (to: number): void => {
    record.push(unquoted(head.slice(from, to)));
    from = to + 1;
  };
  for (let at = 0; at < head.length && records.length < judgedRecords; at += 1) {
    const character = head[at];
    if (character === '"') quoted = !quoted;
    else if (quoted) continue;
    else if (character === delimiter) endField(at);
    else if (character === '\n' || character === '\r') {
      endField(at);
      const isEmpty = record.length === 1 && record[0] === '';
      if (!isEmpty) records.push({ columns: record, count: record.length });
      record = [];
    }
  }
  // A head without a line break is its own first record; a last record may be cut off, and is left out.
  if (records.length === 0 && from < head.length) {
    endField(head.length);
    records.push({ columns: record, count: record.length });
  }
  return records;
}

function unquoted(field: string): string {
  return field
    .trim()
    .replace(/^"(.*)"$/s, '$1')
    .trim();
}
