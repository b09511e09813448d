/** JSON texts as data. Not for the workflow sandbox, which carries no schema library. */
import { z } from 'zod';
import type { JsonObject, JsonValue } from './json.ts';

const JsonValueSchema = z.json();
const JsonObjectSchema = z.record(z.string(), JsonValueSchema);

/** Throws `SyntaxError` for what is not JSON. */
export function readJson(text: string): JsonValue {
  return JsonValueSchema.parse(JSON.parse(text));
}

export function readJsonObject(text: string): JsonObject {
  return JsonObjectSchema.parse(JSON.parse(text));
}
