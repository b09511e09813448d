/** Says data in words, so that a text that is asked for tells what was found. */
import { isList, isRecord, type Json } from './json.ts';
import { wordsOf } from './names.ts';

/** Short enough to be read, long enough to hold the facts of a small site. */
const longestProse = 1_500;

export function prose(data: Json, longest: number = longestProse): string {
  const text = say(data);
  if (text.length <= longest) return text;
  const room = text.slice(0, longest - 1);
  // Cut between words, where there are any.
  return `${/^(.+)\s\S*$/s.exec(room)?.[1] ?? room}…`;
}

function say(data: Json): string {
  if (data === null) return '';
  if (isList(data)) return data.map(say).filter(isSaid).join('; ');
  if (!isRecord(data)) return String(data);
  return Object.entries(data)
    .map(([name, value]) => [name, say(value)] as const)
    .filter(([, text]) => isSaid(text))
    .map(([name, text]) => `${titleOf(name)}: ${text}`)
    .join(', ');
}

function titleOf(name: string): string {
  return name
    .replaceAll(/([a-z0-9])([A-Z])/g, '$1 $2')
    .replaceAll(/[_-]+/g, ' ')
    .toLowerCase();
}

function isSaid(text: string): boolean {
  return text !== '';
}

/** Whether the data speaks of this word: for choices, which have to be one of a list. */
export function mentions(data: Json, word: string): boolean {
  const spoken = new Set(wordsOf(say(data)));
  return wordsOf(word).every((part) => spoken.has(part));
}
