/** The results of a batch as they are downloaded: JSON lines, or CSV for spreadsheets. Streams; at most a chunk is held. */
import type { BatchDefinition, BatchItemView } from '../../workflows/contract/batch-schema.ts';
import { isJsonObject } from '../../workflows/contract/json.ts';

/** Text is handed on in pieces of about this many characters. */
const pieceLength = 64 * 1024;

export function jsonlResults(items: AsyncIterable<BatchItemView>): ReadableStream<Uint8Array> {
  return streamOf(
    (async function* () {
      for await (const item of items) yield `${JSON.stringify(item)}\n`;
    })(),
  );
}

/**
 * One row an item. Columns of the item are those of the first one, any others stand together as JSON; an answer that is
 * an object has a column for each property of its schema.
 */
export function csvResults(
  items: AsyncIterable<BatchItemView>,
  definition: BatchDefinition,
): ReadableStream<Uint8Array> {
  return streamOf(csvLines(items, outputNames(definition)));
}

async function* csvLines(items: AsyncIterable<BatchItemView>, outputs: readonly string[]): AsyncGenerator<string> {
  let names: readonly string[] | null = null;
  for await (const view of items) {
    if (names === null) {
      names = Object.keys(view.item);
      yield csvLine(header(names, outputs));
    }
    yield csvLine(rowOf(view, names, outputs));
  }
  if (names === null) yield csvLine(header([], outputs));
}

function header(names: readonly string[], outputs: readonly string[]): string[] {
  const results = outputs.length === 0 ? ['output'] : outputs.map((name) => `output.${name}`);
  const inputs = [...names.map((name) => `item.${name}`), 'item_other_fields'];
  const rest = ['attempts', 'input_tokens', 'cached_input_tokens', 'output_tokens', 'cost_usd', 'error_type', 'error'];
  const last = ['flagged', 'response_id', 'submitted_at', 'ended_at'];
  return ['position', 'status', ...inputs, ...results, ...rest, ...last];
}

function rowOf(view: BatchItemView, names: readonly string[], outputs: readonly string[]): unknown[] {
  const { item, output, error } = view;
  const others = Object.fromEntries(Object.entries(item).filter(([name]) => !names.includes(name)));
  const answer = isJsonObject(output) ? output : {};
  const results = outputs.length === 0 ? [output] : outputs.map((name) => answer[name]);
  return [
    view.position,
    view.status,
    ...names.map((name) => item[name]),
    Object.keys(others).length === 0 ? '' : others,
    ...results,
    view.attempts,
    view.inputTokens,
    view.cachedInputTokens,
    view.outputTokens,
    view.costUsd,
    error?.type,
    error?.message,
    view.flagged,
    view.responseId,
    view.submittedAt,
    view.endedAt,
  ];
}

/** The properties of the answers' schema; none for answers that are text. */
function outputNames({ outputSchema }: BatchDefinition): string[] {
  const properties = outputSchema?.['properties'];
  return isJsonObject(properties) ? Object.keys(properties) : [];
}

/** A line as RFC 4180 has it. */
export function csvLine(values: readonly unknown[]): string {
  return `${values.map(csvField).join(',')}\r\n`;
}

function csvField(value: unknown): string {
  if (value === null || value === undefined) return '';
  const text = typeof value === 'string' ? harmless(value) : JSON.stringify(value);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** A spreadsheet would run a field that looks like a formula; signed numbers and telephone numbers stay as they are. */
function harmless(text: string): string {
  const isFormula = /^[=@\t\r]/.test(text) || (/^[+-]/.test(text) && !/^[+-][\d\s().,/-]*$/.test(text));
  return isFormula ? `'${text}` : text;
}

function streamOf(texts: AsyncIterable<string>): ReadableStream<Uint8Array> {
  return ReadableStream.from(pieces(texts)).pipeThrough(new TextEncoderStream());
}

async function* pieces(texts: AsyncIterable<string>): AsyncGenerator<string> {
  let piece = '';
  for await (const text of texts) {
    piece += text;
    if (piece.length < pieceLength) continue;
    yield piece;
    piece = '';
  }
  if (piece !== '') yield piece;
}
