/** Checks input against a zod schema. Throws an error in the API's format when it does not fit. */
import type { z } from 'zod';
import { invalidRequest } from './http/api-error.ts';

/** `at` is the path of the value in the request, e.g. `input[0]`; empty for the body itself. */
export function check<Shape extends z.ZodType>(schema: Shape, value: unknown, at = ''): z.infer<Shape> {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  const param = pathOf(at, issue?.path ?? []);
  if (issue?.code === 'invalid_type' && issue.input === undefined && issue.message.endsWith('received undefined')) {
    throw invalidRequest(`Missing required parameter: '${param}'.`, param, 'missing_required_parameter');
  }
  const code = issue?.code === 'invalid_type' ? 'invalid_type' : 'invalid_value';
  throw invalidRequest(`Invalid value for '${param}': ${issue?.message ?? 'not understood'}.`, param, code);
}

function pathOf(at: string, path: readonly PropertyKey[]): string {
  let text = at;
  for (const key of path) {
    if (typeof key === 'number') text += `[${key}]`;
    else text += text === '' ? String(key) : `.${String(key)}`;
  }
  return text;
}
