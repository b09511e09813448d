/** What is done for each experiment, and what its pages and callers ask for, so that the plans of its statements can be judged. */
import { defaultTenant } from '../../../../workflows/contract/names.ts';
import { experimentLimits } from '../../../../workflows/contract/experiments/limits.ts';
import { ExperimentSpecSchema } from '../../../../workflows/contract/experiments/spec.ts';
import type { TestStore } from '../../temporary-store.ts';

const now = new Date('2026-01-01T00:00:00.000Z');
const spec = ExperimentSpecSchema.parse({ video: { kind: 'generated' }, code: 'pass' });
const content = { sha256: 'c'.repeat(64), bytes: 10 };
const file = { name: 'metrics.json', mediaType: 'application/json', ...content };
const metrics = { encodedBytes: 9, bitrateMbps: 1, compressionRatio: 2, psnrDb: 33, isLossless: false, ssim: 0.9 };

export async function workOnExperiment({ experiments, experimentViews, ...store }: TestStore): Promise<void> {
  for (const id of ['e1', 'e2']) {
    await experiments.accept({ id, spec, specHash: id, limits: experimentLimits({}), now });
  }
  await store.acrossTenants.experimentsNotHandedOver(now, 10);
  await experiments.handedOver('e1');
  await store.acrossTenants.experimentsHandedOver({ before: now, after: '', limit: 10 });
  await experiments.cancelUnbegun('e2', now);
  await experimentViews.find('e1');
  await experiments.begin('e1', { phase: 'encode', round: 1 }, now);
  const progress = { at: now.toISOString(), phaseSeconds: 1, memoryBytes: 1, processorSeconds: 1 };
  await experiments.progress('e1', { phase: 'encode', round: 1 }, progress);
  const id = { experimentId: 'e1', tenant: defaultTenant };
  const output = { content, seconds: 1, peakBytes: 1 };
  const made = { state: 'completed', code: content, note: null, failure: null } as const;
  const score = { metrics, files: [file] };
  await experiments.endRound({ ...id, ...made, round: 1, encoded: output, decoded: output, score }, now);
  await experiments.end({ ...id, failure: null }, now);
  await experimentViews.find('e1');
  await experimentViews.pulses(['e1', 'e2']);
  await experimentViews.file('e1', 1, 'metrics.json');
  await experimentViews.page({ limit: 10 });
  await experimentViews.page({ limit: 10, before: 'e2', state: 'completed' });
  await experiments.hold('e1', 1, 'encoded', content);
  await store.videoUploads.put({ ...content, format: 'y4m' }, now);
  await store.videoUploads.formatsOf(content.sha256);
  await store.acrossTenants.experimentHealth.endsSince(now);
  await store.acrossTenants.experimentHealth.waiting();
  await store.acrossTenants.contentSweep.expireExperiments({ days: 0, now: new Date(), limit: 1 });
}
