/** Rows of JSON lines as their text comes, each with its line. */
import { maximumItemBytes } from '../../../store/batch-items.ts';
import { BatchItemInputSchema, type BatchItemInput } from '../../../workflows/contract/batch-schema.ts';
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
    const item = BatchItemInputSchema.safeParse(parseJson(text));
    if (item.success) yield { line, item: item.data };
    else reading.wrong(line, 'is not a JSON object; write one object a line, as in {"name":"Ada"}');
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

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
