/** Parses rows of JSON lines while their text arrives, each with its line. */
import { maximumItemBytes } from '../../../store/batches/items/batch-items.ts';
import { BatchItemInputSchema, type BatchItemInput } from '../../../workflows/contract/batches/schema.ts';
import { describeFlaw, readStrictJson, type StrictReading } from '../../../workflows/contract/json/strict-json.ts';
import { tooLarge, type Reading } from './reading.ts';

export interface JsonRow {
  readonly line: number;
  readonly item: BatchItemInput;
}

export async function* jsonlRows(texts: AsyncIterable<string>, reading: Reading): AsyncGenerator<JsonRow> {
  let line = 0;
  for await (const text of lines(texts)) {
    line += 1;
    if (text === null) reading.wrong(line, tooLarge);
    if (text === null || text.trim() === '') continue;
    const read = readStrictJson(text, 'text');
    const item = read.ok ? BatchItemInputSchema.safeParse(read.value) : null;
    if (!read.ok) reading.wrong(line, wrongLine(read));
    else if (item?.success === true) yield { line, item: item.data };
    else reading.wrong(line, notAnObject);
    if (read.ok) noteText(line, read.keptAsText, reading);
  }
}

/** Null stands for a line that is too long to keep. */
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

const notAnObject = 'is not a JSON object; write one object a line, as in {"name":"Ada"}';

function wrongLine({ isJson, flaws }: StrictReading & { readonly ok: false }): string {
  return isJson ? flaws.map((flaw) => describeFlaw(flaw, 'the object')).join('; ') : notAnObject;
}

function noteText(line: number, places: readonly string[], reading: Reading): void {
  if (places.length === 0) return;
  const firstPlaces = places.slice(0, 3).join(', ');
  const more = places.length > 3 ? ` and ${places.length - 3} more` : '';
  reading.note(`Line ${line}: ${firstPlaces}${more} beyond 2^53 is kept as text, with all its digits.`);
}
