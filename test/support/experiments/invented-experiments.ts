/** Experiments in a store without workers: accepted, under way in a phase, or ended after invented rounds. */
import type { Store } from '../../../store/store.ts';
import { defaultTenant } from '../../../workflows/contract/names.ts';
import type {
  ExperimentFailure,
  ExperimentMetrics,
  RoundEnd,
} from '../../../workflows/contract/experiments/experiment.ts';
import { roundState } from '../../../workflows/contract/experiments/round-state.ts';
import { experimentLimits } from '../../../workflows/contract/experiments/limits.ts';
import { ExperimentSpecSchema } from '../../../workflows/contract/experiments/spec.ts';
import type { JsonObject } from '../../../workflows/contract/json/json.ts';

const video = { kind: 'generated', pattern: 'text', width: 160, height: 90, frames: 24, framesPerSecond: 24, seed: 1 };

export interface InventedRound {
  readonly code?: string;
  readonly note?: string | null;
  readonly failure?: ExperimentFailure | null;
  /** Null: not scored. */
  readonly metrics?: Partial<ExperimentMetrics> | null;
  /** Other than the code. */
  readonly files?: Readonly<Record<string, string | Uint8Array>>;
  readonly seconds?: number;
}

/** Accepts an experiment. Returns its id. */
export async function acceptExperiment(store: Store, id: string, parts: JsonObject = {}, now = new Date()) {
  const spec = ExperimentSpecSchema.parse({ video, code: 'def encode(frames, info): pass', ...parts });
  await store.experiments.accept({ id, spec, specHash: id, limits: experimentLimits(spec.limits ?? {}), now });
  await store.experiments.dispatched(id, { width: 160, height: 90, frames: 24, framesPerSecond: 24 });
  return id;
}

/** Records a round as a worker would when it ends. */
export async function endRound(store: Store, id: string, round: number, invented: InventedRound): Promise<void> {
  const {
    code = 'def encode(frames, info):\n    return b"1"\n',
    note = null,
    failure = null,
    seconds = 1.5,
  } = invented;
  const put = (content: string | Uint8Array) => store.artifacts.putContent(Buffer.from(content));
  const files = [];
  for (const [name, content] of Object.entries(invented.files ?? {})) {
    files.push({ name, mediaType: name.endsWith('.png') ? 'image/png' : 'application/json', ...(await put(content)) });
  }
  const encodedContent = await put(`encoded ${id} ${round}`);
  const output = { content: encodedContent, seconds, peakBytes: 180_000_000 };
  const metrics = invented.metrics === null ? null : metricsOf(invented.metrics ?? {});
  const isUnencoded = failure !== null && ['dispatch', 'write', 'encode'].includes(failure.phase);
  const parts: Pick<RoundEnd, 'failure' | 'encoded' | 'score'> = {
    failure,
    encoded: isUnencoded ? null : output,
    score: metrics === null || failure !== null ? null : { metrics, files },
  };
  const decoded = failure === null || failure.phase === 'score' ? output : null;
  const named = { experimentId: id, tenant: defaultTenant, round, code: await put(code), note };
  await store.experiments.endRound({ ...named, ...parts, decoded, state: roundState(parts) }, new Date());
}

export async function endExperiment(store: Store, id: string, failure: ExperimentFailure | null = null): Promise<void> {
  await store.experiments.end({ experimentId: id, tenant: defaultTenant, failure }, new Date());
}

/** Accepts an experiment, records its rounds and ends it. */
export async function endedExperiment(
  store: Store,
  id: string,
  rounds: readonly InventedRound[],
  parts: JsonObject = {},
): Promise<string> {
  await acceptExperiment(store, id, { goal: 'small and good', rounds: rounds.length, ...parts });
  for (const [index, round] of rounds.entries()) await endRound(store, id, index + 1, round);
  await endExperiment(store, id);
  return id;
}

function metricsOf(metrics: Partial<ExperimentMetrics>): ExperimentMetrics {
  const { bitrateMbps = 0.5, psnrDb = 34.2 } = metrics;
  return {
    bitrateMbps,
    psnrDb,
    compressionRatio: 8.3 / bitrateMbps,
    isLossless: psnrDb === null,
    ssim: psnrDb === null ? 1 : 0.9321,
    encodedBytes: Math.round(bitrateMbps * 125_000),
    ...metrics,
  };
}
