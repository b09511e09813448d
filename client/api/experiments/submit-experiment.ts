/** Takes in an experiment: checked, stored, then started. The same key with the same content is the same experiment. */
import { createHash, randomBytes } from 'node:crypto';
import { experimentLimits } from '../../../workflows/contract/experiments/limits.ts';
import { ExperimentSpecSchema, type ExperimentSpec } from '../../../workflows/contract/experiments/spec.ts';
import type { VideoSource } from '../../../workflows/contract/experiments/video.ts';
import type { Store } from '../../../store/store.ts';
import type { ApiDependencies } from '../dependencies.ts';
import { ProblemError } from '../http/problem.ts';
import { TemporalUnreachable } from '../temporal-calls.ts';

/** Returns the id. An experiment is accepted also while Temporal is away or all workers are busy: it begins later. */
export async function submitExperiment(
  dependencies: ApiDependencies,
  spec: ExperimentSpec,
  idempotencyKey: string | undefined,
): Promise<string> {
  const { store, now } = dependencies;
  const id = experimentIdOf(store.tenant, idempotencyKey);
  // A repeat of what was accepted must be answered as before, also when its video is no longer kept.
  if (!(await isAccepted(store, id))) await refuseForeignVideo(store, spec.video);
  const limits = experimentLimits(spec.limits ?? {});
  const specHash = createHash('sha256').update(JSON.stringify(spec)).digest('hex');
  const acceptance = await store.experiments.accept({ id, spec, specHash, limits, now: now() });
  if (acceptance === 'conflict') {
    throw new ProblemError('conflict', `this Idempotency-Key was used for another experiment, ${id}`);
  }
  if (acceptance === 'created') await start(dependencies, { id, tenant: store.tenant, spec, limits });
  return id;
}

/** Makes a new experiment of what another one was asked for. Returns its id. */
export async function rerunExperiment(
  dependencies: ApiDependencies,
  id: string,
  idempotencyKey: string | undefined,
): Promise<string> {
  const row = await dependencies.store.experiments.find(id);
  if (row === null) throw noExperiment(id);
  const key = idempotencyKey === undefined ? undefined : `rerun of ${id}: ${idempotencyKey}`;
  const spec = ExperimentSpecSchema.safeParse(row.spec);
  if (!spec.success) {
    const problems = spec.error.issues.map(({ path, message }) => ({ path: path.join('.'), message }));
    throw new ProblemError('invalid-experiment', 'what it asked for is not allowed any more', { problems });
  }
  return submitExperiment(dependencies, spec.data, key);
}

export function noExperiment(id: string): ProblemError {
  return new ProblemError('not-found', `there is no experiment ${id}`);
}

function experimentIdOf(tenant: string, idempotencyKey: string | undefined): string {
  if (idempotencyKey === undefined) return `experiment_${randomBytes(12).toString('hex')}`;
  const hash = createHash('sha256')
    .update(JSON.stringify([tenant, idempotencyKey]))
    .digest('hex');
  return `experiment_${hash.slice(0, 24)}`;
}

async function isAccepted({ experimentViews }: Store, id: string): Promise<boolean> {
  return (await experimentViews.version(id)) !== null;
}

/** Content is stored once for all tenants: its hash alone gives nobody the right to read it. */
async function refuseForeignVideo(store: Store, video: VideoSource): Promise<void> {
  if (video.kind !== 'stored') return;
  const formats = await store.videoUploads.formatsOf(video.sha256);
  if (formats.includes(video.format)) return;
  const problem =
    formats.length === 0
      ? { path: 'video.sha256', message: 'no such video was uploaded: send it to /v1/experiments/videos first' }
      : { path: 'video.format', message: `it was uploaded as ${formats.join(' and ')}` };
  throw new ProblemError('invalid-experiment', `${problem.path}: ${problem.message}`, { problems: [problem] });
}

/** While Temporal is away the experiment is kept; the outbox starts it. */
async function start(
  { experiments, store, log }: ApiDependencies,
  experiment: Parameters<ApiDependencies['experiments']['start']>[0],
): Promise<void> {
  try {
    await experiments.start(experiment);
    await store.experiments.handedOver(experiment.id);
  } catch (error) {
    if (!(error instanceof TemporalUnreachable)) throw error;
    log.warn({ error, experimentId: experiment.id }, 'an accepted experiment is started once Temporal answers');
  }
}
