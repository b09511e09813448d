/** JSON as the brains read and write it. */

export type Json = string | number | boolean | null | readonly Json[] | JsonRecord;
export type JsonRecord = { readonly [name: string]: Json };

export function isRecord(value: Json | undefined): value is JsonRecord {
  return typeof value === 'object' && value !== null && !isList(value);
}

/** `Array.isArray` narrows a readonly array away. */
export function isList(value: Json | undefined): value is readonly Json[] {
  return Array.isArray(value);
}

/** Takes what is known to be JSON or nothing; what JSON can't hold becomes what `JSON.stringify` makes of it. */
export function toJson(value: unknown): Json {
  if (value === null || typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean')
    return value;
  if (Array.isArray(value)) return value.map((entry) => toJson(entry));
  if (typeof value !== 'object' || value === undefined) return null;
  return Object.fromEntries(Object.entries(value).map(([name, entry]) => [name, toJson(entry)]));
}
