/**
 * Runs long checks of untrusted input in a thread with a time limit: definitions and schemas always, submissions when
 * the patterns of the form make it long.
 */
import { runInThread, ThreadLimit } from '../../../threads/run-in-thread.ts';
import { patternSteps, readSubmission } from '../../../workflows/contract/lead-magnets/form.ts';
import type { JsonObject } from '../../../workflows/contract/json/json.ts';
import type { LeadMagnet } from '../../../workflows/contract/lead-magnets/lead-magnet.ts';
import type { DefinitionReading } from '../../../workflows/contract/lead-magnets/lead-magnet-check.ts';
import type { SchemaProblem } from '../../../workflows/contract/schemas/schema-bounds.ts';
import { ProblemError } from '../http/problem.ts';
import type readDefinitionText from './definition-work.ts';
import type judgeSchema from './schema-work.ts';
import type readInThread from './submission-work.ts';
import { cutText } from '../../../workflows/contract/cut-text.ts';

const mostMilliseconds = 15_000;
/** Steps of a pattern that run on the event loop: one or two hundredths of a second. */
const mostStepsHere = 200_000;

/** Parses YAML or JSON into a lead magnet, or into its problems. Throws `ProblemError` for any other text. */
export async function readDefinitionAside(text: string): Promise<DefinitionReading> {
  const module = new URL('./definition-work.ts', import.meta.url);
  const work = runInThread<typeof readDefinitionText>(module, text, { timeoutMilliseconds: mostMilliseconds });
  const reading = await withinLimits(work, 'invalid-definition', 'the definition is too large');
  if ('unreadable' in reading) throw new ProblemError('invalid-request', cutText(reading.unreadable, 2000));
  return reading;
}

/** Why a schema cannot be used, with the place. */
export function schemaProblemsAside(schema: JsonObject, place: string): Promise<readonly SchemaProblem[]> {
  const module = new URL('./schema-work.ts', import.meta.url);
  const work = runInThread<typeof judgeSchema>(module, { schema, place }, { timeoutMilliseconds: mostMilliseconds });
  return withinLimits(work, 'invalid-definition', `${place} is too large`);
}

/** The typed values of a submission, or a problem for each wrong field. */
export async function readSubmissionAside(
  { slug, form }: Pick<LeadMagnet, 'slug' | 'form'>,
  raw: Readonly<Record<string, unknown>>,
): Promise<ReturnType<typeof readSubmission>> {
  if (patternSteps(form, raw) <= mostStepsHere) return readSubmission(form, raw);
  const module = new URL('./submission-work.ts', import.meta.url);
  // Forms take turns for a thread: visitors of one form do not delay those of another.
  const options = { timeoutMilliseconds: mostMilliseconds, owner: slug };
  const work = runInThread<typeof readInThread>(module, { form, raw }, options);
  return withinLimits(work, 'invalid-submission', 'the patterns of this form are too large for what was sent');
}

async function withinLimits<Result>(
  work: Promise<Result>,
  type: 'invalid-definition' | 'invalid-submission',
  what: string,
): Promise<Result> {
  try {
    return await work;
  } catch (error) {
    if (error instanceof ThreadLimit) throw new ProblemError(type, `${what}: ${error.message}`);
    throw error;
  }
}
