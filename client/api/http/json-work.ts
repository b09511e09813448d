/** Parses the JSON of a body, or says all that is wrong with it. A pure function of the bytes: it runs in a thread for large ones. */
import type { JsonValue } from '../../../workflows/contract/json/json.ts';
import { describeFlaw, readStrictJson } from '../../../workflows/contract/json/strict-json.ts';
import { jsonBoundsProblem } from './json-bounds.ts';

export type JsonReading =
  | { readonly ok: true; readonly value: JsonValue }
  | {
      readonly ok: false;
      readonly detail: string;
      readonly problems: readonly { readonly path: string; readonly message: string }[];
    };

export default function readJsonBody(bytes: Uint8Array): JsonReading {
  const text = new TextDecoder().decode(bytes);
  const beyond = jsonBoundsProblem(text);
  if (beyond !== null) return { ok: false, detail: beyond, problems: [] };
  const read = readStrictJson(text, 'refused');
  if (read.ok) return { ok: true, value: read.value };
  const detail = read.flaws.map((flaw) => describeFlaw(flaw, 'the body')).join('; ');
  return { ok: false, detail, problems: read.flaws };
}
