import { expect, test } from 'vitest';
import { defaultTenant } from '../../../workflows/contract/names.ts';
import type { ExperimentFailure, RoundEnd } from '../../../workflows/contract/experiments/experiment.ts';
import { experimentLimits } from '../../../workflows/contract/experiments/limits.ts';
import { ExperimentSpecSchema } from '../../../workflows/contract/experiments/spec.ts';
import { temporaryStore } from '../../support/temporary-store.ts';

const at = new Date('2026-11-30T12:00:00.000Z');
const later = new Date('2026-11-30T12:01:00.000Z');
const video = { kind: 'generated', pattern: 'text', width: 160, height: 90, frames: 24, framesPerSecond: 24, seed: 1 };
const spec = ExperimentSpecSchema.parse({ video, code: 'def encode(): pass', name: 'first' });
const asked = { id: 'experiment_1', spec, specHash: 'a', limits: experimentLimits({}), now: at };
const content = { sha256: 'c'.repeat(64), bytes: 10 };
const error: ExperimentFailure = { phase: 'decode', type: 'error', message: 'no such name', line: 3 };

function roundEnd(changes: Partial<RoundEnd> = {}): RoundEnd {
  const output = { content, seconds: 1.5, peakBytes: 1_000 };
  const metrics = {
    encodedBytes: 10,
    bitrateMbps: 0.4,
    compressionRatio: 20,
    psnrDb: 33,
    isLossless: false,
    ssim: 0.9,
  };
  return {
    experimentId: asked.id,
    tenant: defaultTenant,
    round: 1,
    state: 'completed',
    code: content,
    note: null,
    failure: null,
    encoded: output,
    decoded: output,
    score: { metrics, files: [{ name: 'metrics.json', mediaType: 'application/json', ...content }] },
    ...changes,
  };
}

const ending = { experimentId: asked.id, tenant: defaultTenant, failure: null };

test('C02: the same experiment is accepted once, another one under its id is a conflict', async () => {
  const { experiments } = await temporaryStore();
  expect(await experiments.accept(asked)).toBe('created');
  expect(await experiments.accept(asked)).toBe('exists');
  expect(await experiments.accept({ ...asked, specHash: 'b' })).toBe('conflict');
});

test('a late attempt of an earlier phase does not move the shown phase back', async () => {
  const { experiments, experimentViews } = await temporaryStore();
  await experiments.accept(asked);
  await experiments.begin(asked.id, { phase: 'encode', round: 2 }, at);
  for (const late of [
    { phase: 'score', round: 1 },
    { phase: 'write', round: 2 },
    { phase: 'dispatch', round: 0 },
  ] as const) {
    expect(await experiments.begin(asked.id, late, later)).toBe(true);
    await experiments.progress(asked.id, late, { at: '', phaseSeconds: 2, memoryBytes: 5, processorSeconds: 1.9 });
  }
  expect(await experimentViews.find(asked.id)).toMatchObject({ phase: 'encode', round: 2, progress: null });
});

test('C08, C13: an experiment goes from created to processing to completed, with its round, metrics and files', async () => {
  const { experiments, experimentViews } = await temporaryStore();
  await experiments.accept(asked);
  expect(await experimentViews.find(asked.id)).toMatchObject({ state: 'created', phase: null, round: 0 });
  expect(await experiments.begin(asked.id, { phase: 'dispatch', round: 0 }, at)).toBe(true);
  await experiments.dispatched(asked.id, { width: 160, height: 90, frames: 24, framesPerSecond: 24 });
  await experiments.begin(asked.id, { phase: 'encode', round: 1 }, later);
  const beat = { at: later.toISOString(), phaseSeconds: 2, memoryBytes: 5, processorSeconds: 1.9 };
  await experiments.progress(asked.id, { phase: 'encode', round: 1 }, beat);
  expect(await experimentViews.find(asked.id)).toMatchObject({
    state: 'processing',
    phase: 'encode',
    startedAt: at.toISOString(),
    progress: beat,
  });
  await experiments.endRound(roundEnd(), later);
  expect(await experiments.end(ending, later)).toBe('completed');
  expect(await experimentViews.find(asked.id)).toMatchObject({
    state: 'completed',
    phase: null,
    progress: null,
    best: { round: 1, metrics: { psnrDb: 33 } },
    roundsMade: [{ number: 1, isBest: true, isOnFront: true, metrics: { ssim: 0.9 }, encoded: { seconds: 1.5 } }],
  });
  expect(await experimentViews.file(asked.id, 1, 'encoded.bin')).toMatchObject({ bytes: 10 });
});

test('C02: late and repeated writes neither change a record nor make a second one', async () => {
  const { experiments, experimentViews } = await temporaryStore();
  await experiments.accept(asked);
  await experiments.endRound(roundEnd(), at);
  await experiments.endRound(roundEnd({ state: 'failed', score: null }), later);
  await experiments.end(ending, at);
  const before = await experimentViews.find(asked.id);
  expect(before?.roundsMade).toHaveLength(1);
  expect(await experiments.begin(asked.id, { phase: 'encode', round: 1 }, later)).toBe(false);
  await experiments.endRound(roundEnd({ round: 2 }), later);
  expect(await experiments.end({ ...ending, failure: { ...error, type: 'cancelled' } }, later)).toBe('completed');
  expect(await experimentViews.find(asked.id)).toEqual(before);
});

test('C08: a video that was encoded and not decoded is partial, with its failure', async () => {
  const { experiments, experimentViews } = await temporaryStore();
  await experiments.accept(asked);
  await experiments.endRound(roundEnd({ state: 'partial', decoded: null, score: null, failure: error }), at);
  expect(await experiments.end(ending, later)).toBe('partial');
  expect(await experimentViews.find(asked.id)).toMatchObject({ state: 'partial', failure: error, best: null });
});

test('pages list the newest first, by state', async () => {
  const { experiments, experimentViews } = await temporaryStore();
  for (const number of [1, 2, 3]) {
    await experiments.accept({ ...asked, id: `experiment_${number}`, now: new Date(at.getTime() + number) });
  }
  await experiments.end({ ...ending, failure: { ...error, type: 'cancelled' } }, later);
  const first = await experimentViews.page({ limit: 2 });
  expect(first.experiments.map(({ id }) => id)).toEqual(['experiment_3', 'experiment_2']);
  const second = await experimentViews.page({ limit: 2, before: first.next ?? undefined });
  expect(second.experiments.map(({ id }) => id)).toEqual(['experiment_1']);
  const cancelled = await experimentViews.page({ limit: 2, state: 'cancelled' });
  expect(cancelled.experiments.map(({ id }) => id)).toEqual(['experiment_1']);
  expect(await experimentViews.counts()).toEqual({ created: 2, cancelled: 1 });
});

test('nothing of another tenant is found', async () => {
  const { experiments, stores } = await temporaryStore();
  await experiments.accept(asked);
  const other = stores.forTenant('other');
  expect(await other.experimentViews.find(asked.id)).toBeNull();
  expect(await other.experiments.begin(asked.id, { phase: 'encode', round: 1 }, at)).toBe(false);
});
