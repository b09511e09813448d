/** Reads and checks the lines of a file of requests like the batch API, and answers them one by one. */
import { z } from 'zod';
import { ApiError, rateLimited, serverError } from '../http/api-error.ts';
import { newId } from '../ids.ts';
import type { Fault } from '../faults.ts';

const BatchLineSchema = z.object({
  custom_id: z.string().min(1),
  method: z.literal('POST'),
  url: z.string(),
  body: z.record(z.string(), z.unknown()),
});
export type BatchLine = z.infer<typeof BatchLineSchema>;

export interface BatchProblem {
  readonly code: string;
  readonly message: string;
  /** From 1. */
  readonly line: number | null;
  readonly param: string | null;
}

/** The result of a line in the output file. */
export interface LineAnswer {
  readonly status_code: number;
  readonly request_id: string;
  readonly body: unknown;
}

/** All lines, or the errors of some. */
export function readBatchLines(
  text: string,
  endpoint: string,
): { readonly lines: readonly BatchLine[]; readonly problems: readonly BatchProblem[] } {
  const lines: BatchLine[] = [];
  const problems: BatchProblem[] = [];
  const known = new Set<string>();
  const texts = text.split('\n').filter((line) => line.trim() !== '');
  for (const [index, line] of texts.entries()) {
    const refuse = (code: string, message: string): unknown =>
      problems.push({ code, message, line: index + 1, param: null });
    const read = readLine(line);
    if (read === null) refuse('invalid_json_line', 'This line is not parseable as valid JSON.');
    else if (read.url !== endpoint) refuse('mismatched_endpoint', `The URL '${read.url}' is not '${endpoint}'.`);
    else if (known.has(read.custom_id)) refuse('duplicate_custom_id', `The custom_id '${read.custom_id}' came before.`);
    else {
      known.add(read.custom_id);
      lines.push(read);
    }
  }
  if (texts.length === 0) problems.push({ code: 'empty_file', message: 'The file is empty.', line: null, param: null });
  return { lines, problems };
}

function readLine(text: string): BatchLine | null {
  try {
    return BatchLineSchema.safeParse(JSON.parse(text)).data ?? null;
  } catch {
    return null;
  }
}

export function answered(body: unknown): LineAnswer {
  return { status_code: 200, request_id: newId('req'), body };
}

/** The result of a refused request. Rethrows every other error. */
export function refused(error: unknown): LineAnswer {
  if (!(error instanceof ApiError)) throw error;
  return { status_code: error.status, request_id: newId('req'), body: { error: error.details } };
}

/** Applies a fault to a line before it is answered. */
export function applyLineFault(fault: Fault | null, model: string): void {
  if (fault?.kind === 'rate_limit') throw rateLimited(model, fault.retryAfterSeconds);
  if (fault?.kind === 'server_error') throw serverError('The server had an error while processing your request.');
}

/** For a line, a lost connection means that the line is missing in the output. */
export function isLostLine(fault: Fault | null): boolean {
  return fault?.kind === 'reset' || fault?.kind === 'hang' || fault?.kind === 'truncated';
}
