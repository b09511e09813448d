/** A form as a visitor sent it: read, taken in, and otherwise made ready to be shown again with what was typed. */
import { randomUUID } from 'node:crypto';
import type { Context } from 'hono';
import type { LeadMagnet } from '../../../../workflows/contract/lead-magnets/lead-magnet.ts';
import type { ApiDependencies } from '../../dependencies.ts';
import { ProblemError } from '../../http/problem.ts';
import { submit, type SubmitRequest } from '../../jobs/submit.ts';
import { takeFormFiles, type FormFile } from '../../jobs/form-files.ts';
import { visitorAddress } from '../../http/visitor.ts';
import type { FormState } from './form-page.ts';

type Values = FormState['values'];

export interface SentForm {
  readonly values: Values;
  readonly files: readonly FormFile[];
  readonly idempotencyKey: string;
  /** Of an embedded form; empty when none came. */
  readonly token: string;
}

/** The newest definition of a form. Throws `ProblemError` when there is none. */
export async function findForm({ store }: ApiDependencies, slug: string): Promise<LeadMagnet> {
  const saved = await store.leadMagnets.find(slug);
  if (saved === null) throw new ProblemError('not-found', `there is no form ${slug}`);
  return saved.definition;
}

export async function readSentForm(context: Context): Promise<SentForm> {
  const { _key: key, _token: token, ...sent } = await readForm(context);
  const idempotencyKey = typeof key === 'string' && key !== '' ? key : randomUUID();
  return { ...(await takeFormFiles(sent)), idempotencyKey, token: typeof token === 'string' ? token : '' };
}

async function readForm(context: Context): Promise<Values> {
  try {
    return await context.req.parseBody();
  } catch {
    throw new ProblemError('invalid-request', 'the body is not a form');
  }
}

export type Intake =
  | { readonly jobId: string }
  | { readonly jobId: null; readonly again: FormState; readonly error: ProblemError };

/** Starts the job of a form that was sent, or tells what to show again. */
export async function takeInForm(
  dependencies: ApiDependencies,
  context: Context,
  slug: string,
  { values, files, idempotencyKey }: SentForm,
): Promise<Intake> {
  const address = visitorAddress(context, dependencies.trustedProxies);
  try {
    return { jobId: await takeIn(dependencies, { slug, values, files, idempotencyKey, address }) };
  } catch (error) {
    if (!(error instanceof ProblemError)) throw error;
    return { jobId: null, again: stateAfter(error, values, idempotencyKey), error };
  }
}

async function takeIn(dependencies: ApiDependencies, request: SubmitRequest): Promise<string> {
  try {
    return await submit(dependencies, request);
  } catch (error) {
    // The submission is kept and starts by itself: for a visitor that is a success.
    if (!(error instanceof ProblemError) || !error.is('temporal-unreachable')) throw error;
    if (error.problem.jobId === undefined) throw error;
    return error.problem.jobId;
  }
}

function stateAfter(error: ProblemError, values: Values, idempotencyKey: string): FormState {
  const problems = error.problem.problems ?? [];
  if (problems.length > 0) return { values, problems, idempotencyKey };
  if (!error.is('conflict')) return { values, problems, idempotencyKey, notice: `Not sent: ${error.message}.` };
  // Gone back to after it was sent, and changed: meant as another submission, so it gets a key of its own.
  const notice = 'You have sent this form before. Send it again to submit what it says now.';
  return { values, problems, notice, idempotencyKey: randomUUID() };
}
