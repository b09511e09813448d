/** Turns data into sentences, for texts that an answer must contain. */
import { isList, isRecord, type Json, type JsonRecord } from '../http/json.ts';
import { wordsOf } from '../names.ts';

/** The longest text: short enough to read, long enough for the facts of a small site. */
const longestProse = 1_500;

export function prose(data: Json, longest: number = longestProse): string {
  const text = isRecord(data) ? sentences(data) : say(data);
  if (text.length <= longest) return text;
  const room = text.slice(0, longest - 1);
  // Cut between words where possible.
  return `${/^(.+)\s\S*$/s.exec(room)?.[1] ?? room}…`;
}

/** One sentence for each field of a record. */
function sentences(data: JsonRecord): string {
  const fields = spoken(data);
  if (fields.length === 1) return `${fields[0]?.text}`;
  return fields
    .map(({ title, text }) => `${title.slice(0, 1).toUpperCase()}${title.slice(1)}: ${ended(text)}`)
    .join(' ');
}

function say(data: Json): string {
  if (data === null) return '';
  if (isList(data)) {
    const entries = data.map((entry) => unended(isRecord(entry) ? sayEntry(entry) : say(entry)));
    return entries.filter((text) => text !== '').join('; ');
  }
  if (!isRecord(data)) return String(data);
  const fields = spoken(data);
  return fields.map(({ title, text }) => `${title} ${text}`).join(', ');
}

/** Entries of a list with two fields need no field names. */
function sayEntry(entry: JsonRecord): string {
  const fields = spoken(entry);
  return fields.length <= 2 ? fields.map(({ text }) => text).join(': ') : say(entry);
}

function spoken(data: JsonRecord): readonly { readonly title: string; readonly text: string }[] {
  return Object.entries(data)
    .map(([name, value]) => ({ title: titleOf(name), text: say(value) }))
    .filter(({ text }) => text !== '');
}

function ended(text: string): string {
  return /[.!?]$/.test(text) ? text : `${text}.`;
}

function unended(text: string): string {
  return text.replace(/[.;]$/, '');
}

function titleOf(name: string): string {
  return name
    .replaceAll(/([a-z0-9])([A-Z])/g, '$1 $2')
    .replaceAll(/[_-]+/g, ' ')
    .toLowerCase();
}

/** Whether the data contains this word. Used for values that must be one of a list. */
export function mentions(data: Json, word: string): boolean {
  const said = new Set(wordsOf(say(data)));
  return wordsOf(word).every((part) => said.has(part));
}
