/** Streams the results of a batch as JSON lines, or as CSV for spreadsheets. */
import { counted } from '../../../workflows/contract/counted.ts';
import type { BatchDefinition, BatchItemView } from '../../../workflows/contract/batches/schema.ts';
import { isJsonObject } from '../../../workflows/contract/json/json.ts';
import {
  delimiters,
  type DelimiterName,
  type ResultEncoding,
} from '../../../workflows/contract/batches/table-format.ts';
import { harmless } from '../rows/harmless-text.ts';
import { characterBeyond, encodedTexts } from '../rows/result-encoding.ts';

/** Characters of a piece of the stream, about. */
const pieceLength = 64 * 1024;

export function jsonlResults(items: AsyncIterable<BatchItemView>): ReadableStream<Uint8Array> {
  const lines = (async function* () {
    for await (const item of items) yield `${JSON.stringify(item)}\n`;
  })();
  return ReadableStream.from(encodedTexts(pieces(lines), 'utf-8'));
}

/** The format of a CSV file. */
export interface CsvFormat {
  readonly delimiter: DelimiterName;
  readonly encoding: ResultEncoding;
}

/**
 * One row for each item. The item's columns are the fields of the first item; other fields share one column as JSON. An answer
 * that is an object has a column for each property of its schema.
 */
export function csvResults(
  items: AsyncIterable<BatchItemView>,
  definition: BatchDefinition,
  { delimiter, encoding }: CsvFormat,
): ReadableStream<Uint8Array> {
  return ReadableStream.from(encodedTexts(pieces(csvLines(items, definition, delimiter)), encoding));
}

/** Describes the first character in the results that the encoding lacks; null when there is none. */
export async function unwritable(
  items: AsyncIterable<BatchItemView>,
  definition: BatchDefinition,
  encoding: ResultEncoding,
): Promise<string | null> {
  if (encoding !== 'windows-1252') return null;
  let line = 0;
  for await (const text of csvLines(items, definition, 'comma')) {
    line += 1;
    const character = characterBeyond(text);
    if (character !== null) return `row ${line} has ${JSON.stringify(character)}`;
  }
  return null;
}

async function* csvLines(
  items: AsyncIterable<BatchItemView>,
  definition: BatchDefinition,
  delimiter: DelimiterName,
): AsyncGenerator<string> {
  const outputs = outputNames(definition);
  const csvLine = (values: readonly unknown[]): string => lineOf(values, delimiter);
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
    error?.message ?? removalText(view),
    view.flagged,
    view.responseId,
    view.submittedAt,
    view.endedAt,
  ];
}

/** The text in place of an answer that was removed after its retention time; undefined when it was not. */
export function removalText({ outputRemovedAfterDays: days }: BatchItemView): string | undefined {
  return days === null ? undefined : `the output was removed ${counted(days, 'day')} after the batch ended`;
}

/** The properties of the answers' schema; none when answers are text. */
function outputNames({ outputSchema }: BatchDefinition): string[] {
  const properties = outputSchema?.['properties'];
  return isJsonObject(properties) ? Object.keys(properties) : [];
}

/** A line as in RFC 4180, with any delimiter. */
function lineOf(values: readonly unknown[], delimiter: DelimiterName): string {
  return `${values.map((value) => csvField(value, delimiter)).join(delimiters[delimiter])}\r\n`;
}

function csvField(value: unknown, delimiter: DelimiterName): string {
  if (value === null || value === undefined) return '';
  const text = fieldText(value, delimiter);
  const needsQuotes = /["\r\n]/.test(text) || text.includes(delimiters[delimiter]);
  return needsQuotes ? `"${text.replaceAll('"', '""')}"` : text;
}

function fieldText(value: unknown, delimiter: DelimiterName): string {
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  return harmless(typeof value === 'string' ? value : JSON.stringify(value), delimiter);
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
