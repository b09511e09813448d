/** Tells whether two names mean the same: `contactEmails`, `contact_email` and `Contact e-mail` do. */
import { isList, isRecord, type Json } from './http/json.ts';

/** The words of a name, in lower case and in the singular. */
export function wordsOf(name: string): readonly string[] {
  return name
    .replaceAll(/e-?mail/gi, 'email')
    .replaceAll(/([a-z0-9])([A-Z])/g, '$1 $2')
    .split(/[^A-Za-z0-9]+/)
    .filter((word) => word !== '')
    .map((word) => singular(word.toLowerCase()));
}

function singular(word: string): string {
  if (word.length > 4 && word.endsWith('ies')) return `${word.slice(0, -3)}y`;
  if (/(?:s|x|z|ch|sh)es$/.test(word)) return word.slice(0, -2);
  return word.length > 3 && word.endsWith('s') && !word.endsWith('ss') ? word.slice(0, -1) : word;
}

/** All values under this name in the data: exact names before similar names, and values near the top first. */
export function valuesNamed(name: string, data: Json): readonly Json[] {
  const wanted = wordsOf(name);
  const same: Json[] = [];
  const like: Json[] = [];
  let level: readonly Json[] = [data];
  while (level.length > 0) {
    const next: Json[] = [];
    for (const value of level) {
      if (isList(value)) next.push(...value);
      if (!isRecord(value)) continue;
      for (const [key, entry] of Object.entries(value)) {
        const words = wordsOf(key);
        if (words.join('') === wanted.join('')) same.push(entry);
        else if (isPartOf(words, wanted) || isPartOf(wanted, words)) like.push(entry);
        next.push(entry);
      }
    }
    level = next;
  }
  return [...same, ...like];
}

function isPartOf(words: readonly string[], others: readonly string[]): boolean {
  return words.length > 0 && words.every((word) => others.includes(word));
}
