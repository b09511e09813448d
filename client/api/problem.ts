/** Errors as RFC 9457 problem details: a stable type, a title, what is wrong and, where it helps, each part of it. */
import { z } from '@hono/zod-openapi';

export const ProblemSchema = z
  .object({
    type: z.string().describe('stable, for programs, e.g. /problems/not-found'),
    title: z.string(),
    status: z.int(),
    detail: z.string().optional(),
    problems: z
      .array(z.object({ path: z.string(), message: z.string() }))
      .optional()
      .describe('each thing that is wrong, with its place'),
    jobId: z.string().optional().describe('the job that was kept, where one was'),
  })
  .openapi('Problem');
export type Problem = z.infer<typeof ProblemSchema>;

const titles = {
  'invalid-body': [400, 'The body could not be read'],
  'not-found': [404, 'There is no such thing'],
  conflict: [409, 'That contradicts what is there'],
  'too-large': [413, 'The body is too large'],
  'invalid-definition': [422, 'The definition has problems'],
  'invalid-submission': [422, 'The submission has problems'],
  'too-many-submissions': [429, 'Too many submissions'],
  'temporal-unreachable': [503, 'Temporal cannot be reached'],
  unexpected: [500, 'Something went wrong here'],
} as const;
export type ProblemType = keyof typeof titles;

/** Thrown by handlers; the app answers it. */
export class ProblemError extends Error {
  override readonly name = 'ProblemError';
  readonly problem: Problem;
  readonly retryAfterSeconds: number | undefined;

  constructor(
    type: ProblemType,
    detail: string,
    extra: Pick<Problem, 'problems' | 'jobId'> & { readonly retryAfterSeconds?: number } = {},
  ) {
    super(detail);
    const [status, title] = titles[type];
    const { retryAfterSeconds, ...parts } = extra;
    this.problem = { type: `/problems/${type}`, title, status, detail, ...parts };
    this.retryAfterSeconds = retryAfterSeconds;
  }
}

export function answerProblem(error: ProblemError): Response {
  const headers = new Headers({ 'content-type': 'application/problem+json' });
  if (error.retryAfterSeconds !== undefined) headers.set('retry-after', String(error.retryAfterSeconds));
  return new Response(JSON.stringify(error.problem), { status: error.problem.status, headers });
}
