/** Finds data in the texts of a request: every JSON object or list, with the heading before it. */
import { isRecord, toJson, type Json } from '../http/json.ts';

export interface FoundFacts {
  /** E.g. `=== step look ===`; null when there is none. */
  readonly title: string | null;
  readonly value: Json;
}

const headingBefore = /(?:^|\n)\s*(?:={2,}|#{1,6}|-{3,})\s*([^\n=]+?)\s*=*\s*\n\s*(?:```(?:json)?\s*\n\s*)?$/;

export function findFacts(texts: readonly string[]): readonly FoundFacts[] {
  return texts.flatMap((text) => findIn(text));
}

function findIn(text: string): readonly FoundFacts[] {
  const found: FoundFacts[] = [];
  let read = 0;
  for (let start = nextBracket(text, 0); start !== -1; start = nextBracket(text, Math.max(start + 1, read))) {
    const end = endOfJson(text, start);
    const value = end === null ? undefined : parse(text.slice(start, end));
    if (end === null || value === undefined) continue;
    found.push({ title: headingBefore.exec(text.slice(read, start))?.[1] ?? null, value: unwrapped(toJson(value)) });
    read = end;
  }
  return found;
}

/** Unwraps a step's output, which is sent as `{"output": …}`. */
function unwrapped(value: Json): Json {
  if (!isRecord(value)) return value;
  const { output, ...rest } = value;
  return output === undefined || Object.keys(rest).length > 0 ? value : output;
}

function nextBracket(text: string, from: number): number {
  const at = text.slice(from).search(/[[{]/);
  return at === -1 ? -1 : from + at;
}

/** The position after the bracket that closes the one at `start`. Brackets in strings do not count. */
function endOfJson(text: string, start: number): number | null {
  let depth = 0;
  let inString = false;
  for (let at = start; at < text.length; at += 1) {
    const character = text[at];
    if (inString) {
      if (character === '\\') at += 1;
      else if (character === '"') inString = false;
    } else if (character === '"') inString = true;
    else if (character === '{' || character === '[') depth += 1;
    else if (character === '}' || character === ']') {
      depth -= 1;
      if (depth === 0) return at + 1;
    }
  }
  return null;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
