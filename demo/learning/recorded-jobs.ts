/**
 * Jobs that did not run: hundreds of them, with times that lie ahead, written by the store's own functions in the order in which the
 * activities of a job call them. A trial takes hours, which a demo does not have.
 */
import type { Store } from '../../store/store.ts';
import { jobRevision, type LeadMagnetJobInput } from '../../workflows/contract/jobs/job.ts';
import { readDefinition } from '../../workflows/contract/lead-magnets/lead-magnet-check.ts';
import type { LeadMagnet } from '../../workflows/contract/lead-magnets/lead-magnet.ts';
import type { JsonObject } from '../../workflows/contract/json/json.ts';
import { completeTimes, limitsOfStep, noMeasures, stepRunKey, type Run } from '../../workflows/contract/runs/run.ts';

/** How the one step of such a job goes. */
export interface RecordedRun {
  readonly durationMs: number;
  readonly outcome: 'succeeded' | 'timed_out';
}

export interface RecordedJobs {
  /** Begins their ids. */
  readonly name: string;
  readonly definition: JsonObject;
  /** Of the first of them, and how far apart they are. */
  readonly fromMs: number;
  readonly everyMs: number;
  readonly first: number;
  readonly count: number;
  /** How a job goes within the limits of its step. */
  readonly runOf: (index: number, attemptSeconds: number) => RecordedRun;
}

/** Returns how many jobs have which version of limits. */
export async function recordJobs(store: Store, jobs: RecordedJobs): Promise<ReadonlyMap<number, number>> {
  const definition = read(jobs.definition);
  const versions = new Map<number, number>();
  for (let index = jobs.first; index < jobs.first + jobs.count; index += 1) {
    const version = await recordJob(store, definition, jobs, index);
    versions.set(version, (versions.get(version) ?? 0) + 1);
  }
  return versions;
}

async function recordJob(store: Store, definition: LeadMagnet, jobs: RecordedJobs, index: number): Promise<number> {
  const id = `job_${jobs.name}_${index}`;
  const limits = await store.pinnedLimits.forNewJob(id);
  const beganMs = jobs.fromMs + (index - jobs.first) * jobs.everyMs;
  const input: LeadMagnetJobInput = {
    tenant: store.tenant,
    version: 1,
    definition,
    form: { subject: id },
    submittedAt: new Date(beganMs).toISOString(),
    jobUrl: null,
    revision: jobRevision,
    ...(limits === undefined ? {} : { limits }),
  };
  const run = runOf(id, input, jobs.runOf, index, beganMs);
  const { outcome } = run;
  const ended = new Date(run.endedMs);
  const reason =
    outcome === 'succeeded' ? null : { type: 'timeout_start_to_close' as const, message: 'an attempt took too long' };
  await store.jobs.open(id, input, new Date(beganMs));
  const state = outcome === 'succeeded' ? 'succeeded' : 'timed_out';
  const change = { jobId: id, stepId: run.partId ?? '', generation: 1, sequence: 1, attempt: run.attempts, reason };
  const times = { began: input.submittedAt, at: ended.toISOString() };
  await store.jobs.changeStep(
    { ...change, ...times, state, run: { run, rest: 'other' } },
    { type: `step.${state}`, message: `${state}, recorded by the demo` },
  );
  await store.jobs.close(id, outcome === 'succeeded' ? 'completed' : 'timed_out', reason, ended);
  return run.limitsVersion;
}

function runOf(
  id: string,
  { definition, limits: pinned }: LeadMagnetJobInput,
  behaviour: RecordedJobs['runOf'],
  index: number,
  beganMs: number,
): Run {
  const [step] = definition.steps;
  if (step === undefined) throw new Error(`${definition.slug} has no steps`);
  const limits = limitsOfStep(step, pinned?.overrides);
  const { durationMs, outcome } = behaviour(index, limits.attemptSeconds ?? Infinity);
  return {
    ...noMeasures,
    key: stepRunKey(id, step.id, 1),
    kind: 'step',
    work: step.kind,
    ownerId: id,
    partId: step.id,
    leadMagnet: definition.slug,
    outcome,
    reason: outcome === 'succeeded' ? null : 'timeout_start_to_close',
    limits,
    limitsVersion: pinned?.version ?? 0,
    queuedMs: beganMs,
    endedMs: beganMs + durationMs,
    // No worker measures an attempt that was cut off.
    times: outcome === 'succeeded' ? completeTimes({}, durationMs) : null,
    turns: 0,
    inputTokens: 0,
    outputTokens: 0,
    costMicroUsd: 0,
    attempts: outcome === 'succeeded' ? 1 : (limits.attempts ?? 1),
  };
}

function read(definition: JsonObject): LeadMagnet {
  const { leadMagnet, problems } = readDefinition(definition);
  if (leadMagnet === null) throw new Error(problems.map(({ path, message }) => `${path}: ${message}`).join('\n'));
  return leadMagnet;
}
