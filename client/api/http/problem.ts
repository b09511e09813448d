/** Errors as RFC 9457 problem details: a stable type, a title, the problem and, where it helps, its single errors. */
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
    requestId: z.string().optional().describe('the request of a tool that gave no answer in time'),
  })
  .openapi('Problem');
type Problem = z.infer<typeof ProblemSchema>;

const titles = {
  'invalid-request': [400, 'The request could not be read'],
  'wrong-signature': [401, 'The signature is not right'],
  'cross-site': [403, 'That came from another site'],
  'loopback-only': [403, 'That is for this machine only'],
  'not-found': [404, 'There is no such thing'],
  'method-not-allowed': [405, 'That method is not for this address'],
  'too-slow': [408, 'The request took too long to arrive'],
  conflict: [409, 'That contradicts what is there'],
  expired: [410, 'That came too late'],
  removed: [410, 'That is no longer kept'],
  'too-large': [413, 'The body is too large'],
  'unsupported-media-type': [415, 'The body is of another media type than is taken here'],
  'wrong-host': [421, 'That is not the name of this API'],
  'invalid-definition': [422, 'The definition has problems'],
  'invalid-submission': [422, 'The submission has problems'],
  'invalid-tool-input': [422, 'The input of the tool has problems'],
  'invalid-experiment': [422, 'The experiment has problems'],
  'invalid-limits': [422, 'These limits cannot be set'],
  'invalid-items': [422, 'The items have problems'],
  'not-encodable': [422, 'The encoding lacks a character of the results'],
  'too-many-submissions': [429, 'Too many submissions'],
  'temporal-unreachable': [503, 'Temporal cannot be reached'],
  'no-worker': [503, 'No worker serves the job'],
  'too-many-calls': [503, 'Too many calls at once'],
  unexpected: [500, 'Something went wrong here'],
  'not-configured': [501, 'That is not configured here'],
  'no-answer': [504, 'There was no answer in time'],
} as const;
type ProblemType = keyof typeof titles;

interface ProblemExtra {
  readonly problems?: Problem['problems'];
  readonly jobId?: string;
  readonly requestId?: string;
  readonly retryAfterSeconds?: number;
  /** The allowed methods, when another one was used. */
  readonly allowed?: readonly string[];
}

/** Thrown by handlers; the app turns it into an answer. */
export class ProblemError extends Error {
  override readonly name = 'ProblemError';
  readonly problem: Problem;
  readonly headers: Readonly<Record<string, string>>;

  constructor(type: ProblemType, detail: string, { retryAfterSeconds, allowed, ...parts }: ProblemExtra = {}) {
    super(detail);
    const [status, title] = titles[type];
    this.problem = { type: `/problems/${type}`, title, status, detail, ...parts };
    this.headers = {
      ...(retryAfterSeconds === undefined ? {} : { 'retry-after': String(retryAfterSeconds) }),
      ...(allowed === undefined ? {} : { allow: allowed.join(', ') }),
    };
  }

  is(type: ProblemType): boolean {
    return this.problem.type === `/problems/${type}`;
  }
}

export function answerProblem({ problem, headers }: ProblemError): Response {
  return new Response(JSON.stringify(problem), {
    status: problem.status,
    headers: { 'content-type': 'application/problem+json', ...headers },
  });
}
