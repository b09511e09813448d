/** Parses JSON texts with types. Not for the workflow sandbox, which loads no schema library. */
import { z } from 'zod';
import type { JsonObject, JsonValue } from './json.ts';

const JsonValueSchema = z.json();
const JsonObjectSchema = z.record(z.string(), JsonValueSchema);

/** Throws `SyntaxError` for invalid JSON. */
export function readJson(text: string): JsonValue {
  return JsonValueSchema.parse(JSON.parse(text));
}

export function readJsonObject(text: string): JsonObject {
  return JsonObjectSchema.parse(JSON.parse(text));
}
