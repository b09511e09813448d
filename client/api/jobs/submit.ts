/** Takes in a submission: checked, stored, then started. The same key with the same content is the same job. */
import { createHash, randomBytes } from 'node:crypto';
import type { NamedContent } from '../../../store/artifacts/artifacts.ts';
import type { Store } from '../../../store/store.ts';
import type { FormValues } from '../../../workflows/contract/lead-magnets/form.ts';
import { jobRevision, type LeadMagnetJobInput } from '../../../workflows/contract/jobs/job.ts';
import type { LeadMagnet } from '../../../workflows/contract/lead-magnets/lead-magnet.ts';
import { urlProblem } from '../../../workflows/contract/computer-use/network.ts';
import { readSubmissionAside } from '../checks/checks.ts';
import type { JobStarter } from './job-starter.ts';
import { ProblemError } from '../http/problem.ts';
import { TemporalUnreachable } from '../temporal-calls.ts';
import { hashesOfFiles, type FormFile } from './form-files.ts';

export interface SubmitDependencies {
  readonly store: Store;
  readonly jobs: JobStarter;
  readonly publicUrl: string;
  readonly aiQueue: 'jobs' | 'llm';
  readonly allowPrivateOrigins: readonly string[];
  readonly now: () => Date;
}

export interface SubmitRequest {
  readonly slug: string;
  readonly values: Readonly<Record<string, unknown>>;
  /** Files of the hosted form; none by the API, which takes JSON. */
  readonly files?: readonly FormFile[];
  readonly idempotencyKey: string | undefined;
  /** The visitor's address, for the limit of submissions an hour. */
  readonly address: string;
}

/** Returns the job's id. Throws `ProblemError` for everything that keeps a job from starting. */
export async function submit(dependencies: SubmitDependencies, request: SubmitRequest): Promise<string> {
  const { store, now } = dependencies;
  const { slug } = request;
  const { tenant } = store;
  const saved = await store.leadMagnets.find(slug);
  if (saved === null) throw new ProblemError('not-found', `there is no lead magnet ${slug}`);
  const files = request.files ?? [];
  const form = await checkedValues(saved.definition, request.values, files, dependencies.allowPrivateOrigins);
  const jobId = jobIdOf(tenant, request);
  const limits = await store.pinnedLimits.forNewJob(jobId);
  const input: LeadMagnetJobInput = {
    tenant,
    version: saved.version,
    definition: saved.definition,
    form,
    submittedAt: now().toISOString(),
    jobUrl: new URL(`/jobs/${jobId}`, dependencies.publicUrl).href,
    revision: jobRevision,
    aiQueue: dependencies.aiQueue,
    ...(limits === undefined ? {} : { limits }),
  };
  const inputHash = createHash('sha256')
    .update(JSON.stringify([slug, form, ...hashesOfFiles(files)]))
    .digest('hex');
  const known = request.idempotencyKey !== undefined && (await store.jobViews.version(jobId)) !== null;
  if (!known) await checkRate(dependencies, request, saved.definition);
  const named = known ? [] : await putFiles(store, jobId, files);
  const acceptance = await store.together(jobId, async (parts) => {
    const accepted = await parts.jobs.accept(jobId, input, inputHash);
    if (accepted !== 'created') return accepted;
    // With the job: once it is accepted it may start, and must find its files. Those of no job would be kept for ever.
    for (const file of named) await parts.artifacts.name(file);
    await parts.submissions.record({ slug, address: request.address, jobId, at: now() });
    await parts.events.append({ jobId, type: 'job.accepted', message: `submitted to ${saved.definition.name}` });
    return accepted;
  });
  if (acceptance === 'conflict') {
    throw new ProblemError('conflict', 'this Idempotency-Key was used for another submission', { jobId });
  }
  if (acceptance === 'created') await start(dependencies, jobId, input);
  return jobId;
}

/** Stores the content alone. What no job gives a name is removed a day later. */
async function putFiles(
  { artifacts }: Store,
  jobId: string,
  files: readonly FormFile[],
): Promise<readonly NamedContent[]> {
  const named: NamedContent[] = [];
  for (const { name, mediaType, content } of files) {
    const stored = await artifacts.putContent(content);
    named.push({ jobId, stepId: null, name, mediaType, deliverable: false, ...stored });
  }
  return named;
}

async function start({ jobs, store }: SubmitDependencies, jobId: string, input: LeadMagnetJobInput): Promise<void> {
  try {
    await jobs.start(jobId, input);
    await store.jobs.handedOver(jobId);
  } catch (error) {
    if (!(error instanceof TemporalUnreachable)) throw error;
    const detail = `${error.message}. The submission is kept as ${jobId} and starts by itself once Temporal answers; sending it again with the same Idempotency-Key is safe.`;
    throw new ProblemError('temporal-unreachable', detail, { jobId, retryAfterSeconds: 15 });
  }
}

function jobIdOf(tenant: string, { slug, idempotencyKey }: SubmitRequest): string {
  if (idempotencyKey === undefined) return `job_${randomBytes(12).toString('hex')}`;
  const hash = createHash('sha256')
    .update(JSON.stringify([tenant, slug, idempotencyKey]))
    .digest('hex');
  return `job_${hash.slice(0, 24)}`;
}

async function checkedValues(
  definition: LeadMagnet,
  raw: Readonly<Record<string, unknown>>,
  files: readonly FormFile[],
  allowPrivateOrigins: readonly string[],
): Promise<FormValues> {
  const { values, problems } = await readSubmissionAside(definition, raw);
  const refused = definition.form.fields.flatMap((field) => {
    const value = values[field.id];
    if (field.type === 'file' && value !== undefined && !files.some((file) => file.field === field.id)) {
      return [{ path: field.id, message: 'is a file: send it with the hosted form' }];
    }
    const problem =
      field.type === 'url' && typeof value === 'string' ? urlProblem(value, { allowPrivateOrigins }) : undefined;
    return problem === undefined ? [] : [{ path: field.id, message: `is refused: ${problem}` }];
  });
  const all = [...problems.map(({ field, message }) => ({ path: field, message })), ...refused];
  if (all.length === 0) return values;
  const detail = all.map(({ path, message }) => `${path} ${message}`).join('; ');
  throw new ProblemError('invalid-submission', detail, { problems: all });
}

async function checkRate(
  { store, now }: SubmitDependencies,
  request: SubmitRequest,
  definition: LeadMagnet,
): Promise<void> {
  const allowed = definition.form.submissionsPerHour;
  const hourAgo = new Date(now().getTime() - 3_600_000);
  const count = await store.submissions.countSince(request.slug, request.address, hourAgo);
  if (count < allowed) return;
  const detail = `this form takes ${allowed} submissions an hour from one address`;
  throw new ProblemError('too-many-submissions', detail, { retryAfterSeconds: 3600 });
}
