import { deflateSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import type { Experiment } from '../../../demo/experiments/experiment-calls.ts';
import {
  lyingMetricsCheck,
  roundChecks,
  statusCheck,
  timeCheck,
  typicalMetricsCheck,
} from '../../../demo/experiments/judge.ts';
import { ownMetrics } from '../../../demo/experiments/own-metrics.ts';
import { endedExperiment } from '../../support/experiments/answers.ts';
import { statusTimes } from '../../../demo/experiments/status-times.ts';
import { ownFrames, ownSize } from '../../../demo/experiments/own-video.ts';

const original = ownFrames().slice(0, 2);
const encoded = deflateSync(Buffer.concat(original.map((frame) => frame.map((sample) => sample >> 3))));
const decoded = original.map((frame) => frame.map((sample) => (sample & 0xf8) | 4));
const own = ownMetrics({ size: ownSize, original, decoded, encodedBytes: encoded.byteLength });
const metrics = { ...own, isLossless: false, encodedBytes: encoded.byteLength };
const figures = { seconds: 1, peakBytes: 1 };

const round: Experiment['roundsMade'][number] = {
  number: 1,
  state: 'completed',
  failure: null,
  note: null,
  encoded: figures,
  decoded: figures,
  encodedBytes: 1,
  metrics,
  isBest: false,
  isOnFront: false,
  files: [],
  endedAt: '2026-11-30T12:00:00.000Z',
};

const experiment: Experiment = { ...endedExperiment, best: { round: 1, metrics }, roundsMade: [round] };

function telling(changes: Partial<typeof metrics>): Experiment {
  return { ...experiment, best: { round: 1, metrics: { ...metrics, ...changes } } };
}

describe('the demo of experiments', () => {
  it('C09: takes metrics that are those of the encoded bytes, and no other', () => {
    expect(typicalMetricsCheck(experiment, encoded, original)).toMatchObject({ ok: true });
    for (const changes of [
      { psnrDb: 40 },
      { psnrDb: null },
      { ssim: 0.9 },
      { compressionRatio: 9 },
      { bitrateMbps: 1 },
    ]) {
      const [name = ''] = Object.keys(changes);
      const check = typicalMetricsCheck(telling(changes), encoded, original);
      expect(check).toMatchObject({ ok: false, detail: expect.stringContaining(`not the same: ${name}`) });
    }
    expect(lyingMetricsCheck(experiment, original).ok).toBe(false);
  });

  it('measures equal frames as such, and a known error as it is', () => {
    const given = { size: ownSize, original, encodedBytes: 100 };
    expect(ownMetrics({ ...given, decoded: original })).toMatchObject({ psnrDb: null, ssim: 1 });
    const shifted = original.map((frame) => frame.map((sample) => (sample > 127 ? sample - 5 : sample + 5)));
    expect(ownMetrics({ ...given, decoded: shifted }).psnrDb).toBeCloseTo(20 * Math.log10(255 / 5), 10);
  });

  it('C10, C11: refuses a typical experiment that takes longer than 4 s, and states that are told late', () => {
    expect([[4], [4.01], [4.01, 4], [Number.NaN]].map((seconds) => timeCheck(seconds).ok)).toEqual([
      true,
      false,
      true,
      false,
    ]);
    const prompt = Array.from({ length: 100 }, () => 3);
    expect(statusCheck(statusTimes([...prompt, 150])).ok).toBe(true);
    expect(statusCheck(statusTimes([...prompt, 150, 150])).ok).toBe(false);
    expect(statusCheck(statusTimes([])).ok).toBe(false);
  });

  it('wants a first round that fails in decode, is mended, and is bettered, each by one call', () => {
    const failure = { phase: 'decode', type: 'error', message: "name 'zlibb' is not defined", line: 19 } as const;
    const made = [
      { ...round, state: 'partial' as const, failure, metrics: null },
      { ...round, number: 2, metrics: { ...metrics, compressionRatio: 3 } },
      { ...round, number: 3, metrics: { ...metrics, compressionRatio: 9 }, isBest: true, isOnFront: true },
    ];
    const done = { ...experiment, best: { round: 3, metrics }, roundsMade: made };
    const failing = (changed: Experiment, calls = 3) => roundChecks(changed, calls).filter(({ ok }) => !ok).length;
    expect(failing(done)).toBe(0);
    expect(failing(done, 4)).toBe(1);
    expect(failing({ ...done, roundsMade: [round, ...made.slice(1)] })).toBe(1);
    expect(failing({ ...done, roundsMade: made.map((one) => ({ ...one, isOnFront: false })) })).toBe(1);
    expect(failing({ ...done, roundsMade: made.slice(0, 2) })).toBeGreaterThan(1);
  });
});
