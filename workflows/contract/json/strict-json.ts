/**
 * Parses untrusted JSON texts without a parser's silent changes: rounded integers, numbers that become infinite, and
 * fields that overwrite each other. Everything that accepts JSON from outside uses it; not for the workflow sandbox.
 */
import type { JsonValue } from './json.ts';
import { scanJson, type JsonFlaw } from './json-scan.ts';
import { cutText } from '../cut-text.ts';

export type StrictReading =
  | {
      readonly ok: true;
      readonly value: JsonValue;
      /** The places of integers that were turned into text. */
      readonly keptAsText: readonly string[];
    }
  | { readonly ok: false; readonly isJson: boolean; readonly flaws: readonly JsonFlaw[] };

/**
 * Parses a text. An integer beyond 2^53, whose last digits a number would lose, becomes text with all its digits or is
 * reported as a flaw, as the caller chooses. Never throws.
 */
export function readStrictJson(text: string, largeIntegers: 'text' | 'refused'): StrictReading {
  let parsed: JsonValue;
  try {
    parsed = JSON.parse(text);
  } catch (error) {
    const why = error instanceof SyntaxError ? error.message : String(error);
    return { ok: false, isJson: false, flaws: [{ path: '', message: `is not JSON: ${cutText(why, 200)}` }] };
  }
  const scan = scanJson(text);
  const large = scan.largeIntegers;
  const flaws = [...scan.flaws];
  if (largeIntegers === 'refused' && flaws.length === 0) {
    for (const { path, from, to } of large.slice(0, 5)) {
      const digits = text.slice(from, Math.min(to, from + 40));
      flaws.push({ path, message: `is ${digits}, which no number keeps exactly (beyond 2^53); write it in quotes` });
    }
  }
  if (flaws.length > 0) return { ok: false, isJson: true, flaws };
  const value: JsonValue = large.length === 0 ? parsed : JSON.parse(quoted(text, large));
  return { ok: true, value, keptAsText: large.map(({ path }) => path) };
}

/** A flaw with its place, as `customer.id is named twice; remove one`. */
export function describeFlaw({ path, message }: JsonFlaw, whole: string): string {
  return `${path === '' ? whole : path} ${message}`;
}

function quoted(text: string, places: readonly { readonly from: number; readonly to: number }[]): string {
  const parts: string[] = [];
  let at = 0;
  for (const { from, to } of places) {
    parts.push(text.slice(at, from), '"', text.slice(from, to), '"');
    at = to;
  }
  return at === 0 ? text : parts.join('') + text.slice(at);
}
