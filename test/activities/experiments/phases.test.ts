import { availableParallelism } from 'node:os';
import { CancelledFailure } from '@temporalio/activity';
import { describe, expect, it, vi } from 'vitest';
import { createExperimentPhases } from '../../../activities/experiments/sandbox-phases.ts';
import {
  SandboxUnavailable,
  type CodeRequest,
  type CodeResult,
  type RunCode,
} from '../../../activities/sandbox/sandbox.ts';
import type { PhaseOutput, PhaseResult } from '../../../workflows/contract/experiments/experiment.ts';
import { experimentLimits } from '../../../workflows/contract/experiments/limits.ts';
import { ExperimentSpecSchema } from '../../../workflows/contract/experiments/spec.ts';
import { defaultTenant } from '../../../workflows/contract/names.ts';
import { activityPlace } from '../../support/jobs/activity-inputs.ts';
import { temporaryStore, type TestStore } from '../../support/temporary-store.ts';

const experimentId = 'experiment_1';
const limits = experimentLimits({});
const info = { width: 16, height: 16, frames: 1, framesPerSecond: 1 };
const frames = Buffer.alloc(16 * 16 * 3, 7);
const generated = { kind: 'generated', pattern: 'text', ...info, seed: 1 };
const result = (outcome: CodeResult['outcome']): CodeResult => ({
  outcome,
  stdout: '',
  stderr: '',
  seconds: 0.5,
  peakBytes: 9,
  contained: true,
});

async function phasesOf(runCode: RunCode, video: object = generated, freeBytes = 2 ** 40) {
  const store = await temporaryStore();
  const spec = ExperimentSpecSchema.parse({ video, code: 'def encode(): pass' });
  await store.experiments.accept({ id: experimentId, spec, specHash: 'a', limits, now: new Date() });
  const phases = createExperimentPhases({ store, runCode, freeBytes: async () => freeBytes });
  const code = await store.artifacts.putContent(Buffer.from('the code'));
  const round = { experimentId, tenant: defaultTenant, round: 1, limits, code };
  return { store, phases, encoding: { ...round, video: { info, frames: await store.artifacts.putContent(frames) } } };
}

const dispatching = { experimentId, tenant: defaultTenant, limits };
const contentOf = async ({ artifacts }: TestStore, { sha256 }: { readonly sha256: string }) =>
  artifacts.getContent(sha256);

describe('the phases of an experiment', () => {
  it('C07, C13: take content by its hash, run within the limits of their phase, and give content by its hash', async () => {
    const requests: CodeRequest[] = [];
    const { store, phases, encoding } = await phasesOf(async (request) => {
      requests.push(request);
      return result({ value: {}, files: [{ name: 'encoded', bytes: Buffer.from('tiny') }] });
    });
    const encoded: PhaseResult<PhaseOutput> = await activityPlace().run(() => phases.encodeRound(encoding));
    if ('failure' in encoded) throw new Error(encoded.failure.message);
    expect(encoded.value).toMatchObject({ seconds: 0.5, peakBytes: 9, content: { bytes: 4 } });
    expect((await contentOf(store, encoded.value.content)).toString()).toBe('tiny');
    const [{ source, files, limits: given } = { source: '', files: [], limits: undefined }] = requests;
    expect(source).toContain('the code');
    expect(Buffer.from(files[0]?.bytes ?? []).equals(frames)).toBe(true);
    expect(given).toMatchObject({ seconds: limits.encodeSeconds, memoryBytes: limits.memoryBytes });
    // The kernel sums the time of all threads.
    expect(given?.cpuSeconds).toBe(limits.encodeSeconds * availableParallelism());
    expect(await store.experimentViews.find(experimentId)).toMatchObject({
      state: 'processing',
      phase: 'encode',
      round: 1,
    });
  });

  it('C16: tell what the code did wrong as a value, with its phase, type and line', async () => {
    const problem = { type: 'error', message: 'NameError: x', line: 1 } as const;
    const { phases, encoding } = await phasesOf(async () => result({ problem }));
    expect(await activityPlace().run(() => phases.encodeRound(encoding))).toEqual({
      failure: { phase: 'encode', ...problem },
      tookSeconds: expect.any(Number),
    });
    expect(await activityPlace().run(() => phases.dispatchExperiment(dispatching))).toMatchObject({
      failure: { phase: 'dispatch', type: 'video' },
    });
    const nothing = await phasesOf(async () => result({ value: {}, files: [] }));
    expect(await activityPlace().run(() => nothing.phases.encodeRound(nothing.encoding))).toMatchObject({
      failure: { phase: 'encode', type: 'bad_result' },
    });
  });

  it('C16: say so when the video was not uploaded by this tenant', async () => {
    const sha256 = 'a'.repeat(64);
    const { phases } = await phasesOf(async () => result({ value: {}, files: [] }), {
      kind: 'stored',
      format: 'y4m',
      sha256,
    });
    expect(await activityPlace().run(() => phases.dispatchExperiment(dispatching))).toMatchObject({
      failure: { phase: 'dispatch', type: 'video' },
    });
  });

  it('C12: are tried again where the sandbox does not start', async () => {
    const { phases, encoding } = await phasesOf(() => Promise.reject(new SandboxUnavailable('no bwrap')));
    const refused = activityPlace().run(() => phases.encodeRound(encoding));
    await expect(refused).rejects.toMatchObject({ type: 'sandbox', nonRetryable: false });
  });

  it('do not begin where the disk is nearly full', async () => {
    const runCode = vi.fn<RunCode>();
    const { phases, encoding } = await phasesOf(runCode, generated, 2 ** 29);
    const refused = activityPlace().run(() => phases.encodeRound(encoding));
    await expect(refused).rejects.toMatchObject({ type: 'store', nonRetryable: false });
    expect(runCode).not.toHaveBeenCalled();
  });

  it('C12: have more time for a large video, and are tried again where the product itself is too slow', async () => {
    const seconds: number[] = [];
    const problem = { type: 'time_limit', message: 'too slow', line: null } as const;
    const size = { width: 1024, height: 1024, frames: 20 };
    const { phases, encoding } = await phasesOf(
      async (request) => {
        seconds.push(request.limits.seconds);
        return result({ problem });
      },
      { ...generated, ...size },
    );
    const content = encoding.code;
    const scoring = {
      ...encoding,
      encoded: content,
      decoded: content,
      video: { info: { ...info, ...size }, frames: content },
    };
    await expect(activityPlace().run(() => phases.dispatchExperiment(dispatching))).rejects.toMatchObject({
      type: 'sandbox',
      nonRetryable: false,
    });
    await expect(activityPlace().run(() => phases.scoreRound(scoring))).rejects.toMatchObject({ type: 'sandbox' });
    expect(seconds).toEqual([10 * 3.75, 30 * 3.75]);
  });

  it('C12: tell that the store is away, which does not end the experiment', async () => {
    const { store, phases, encoding } = await phasesOf(async () => result({ value: {}, files: [] }));
    const broken = Object.assign(new Error('it is refused'), { code: 'ECONNREFUSED' });
    vi.spyOn(store.experiments, 'begin').mockRejectedValue(broken);
    const away = activityPlace().run(() => phases.encodeRound(encoding));
    await expect(away).rejects.toMatchObject({ type: 'store', nonRetryable: false });
  });

  it('C02: run nothing for an experiment that has ended', async () => {
    const runCode = vi.fn<RunCode>();
    const { store, phases, encoding } = await phasesOf(runCode);
    await store.experiments.end({ experimentId, tenant: defaultTenant, failure: null }, new Date());
    expect(await activityPlace().run(() => phases.encodeRound(encoding))).toMatchObject({
      failure: { type: 'cancelled' },
    });
    expect(runCode).not.toHaveBeenCalled();
  });

  it('C12: beat at least each two seconds with what the code uses, though the store is away, and end it when cancelled', async () => {
    const { store, phases, encoding } = await phasesOf(({ signal, onUse }) => {
      onUse?.({ memoryBytes: 5, processorSeconds: 1 });
      return new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(signal.reason)));
    });
    const progress = vi.spyOn(store.experiments, 'progress').mockRejectedValue(new Error('the store is away'));
    const place = activityPlace();
    const beats: unknown[] = [];
    place.on('heartbeat', (details: unknown) => {
      beats.push(details);
      if (beats.length === 3) place.cancel();
    });
    const began = performance.now();
    await expect(place.run(() => phases.encodeRound(encoding))).rejects.toBeInstanceOf(CancelledFailure);
    expect(performance.now() - began).toBeLessThan(6_000);
    expect(beats[0]).toMatchObject({ phase: 'encode', round: 1, memoryBytes: 5, processorSeconds: 1 });
    expect(progress).toHaveBeenCalledTimes(2);
  });
});
