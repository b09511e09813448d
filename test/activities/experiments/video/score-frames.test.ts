import { PNG } from 'pngjs';
import { describe, expect, it } from 'vitest';
import { scoreFrames } from '../../../../activities/experiments/video/score-frames.ts';
import { testRun, valueOf } from '../../../support/experiments/phases.ts';
import { ssimByDefinition } from '../../../support/experiments/ssim-by-definition.ts';

const width = 40;
const height = 24;
const info = { width, height, frames: 3, framesPerSecond: 6 };
const frameBytes = width * height * 3;

/** Of a frame by its index: a regular texture, and the same with another one added. The third frame is equal in both. */
function framePair(frame: number): readonly [Uint8Array, Uint8Array] {
  const original = new Uint8Array(frameBytes);
  const decoded = new Uint8Array(frameBytes);
  for (let at = 0; at < frameBytes; at += 1) {
    const x = Math.floor(at / 3) % width;
    const y = Math.floor(at / (3 * width));
    const value = (x * 7 + y * 13 + (at % 3) * 31 + frame * 50) % 256;
    original[at] = value;
    decoded[at] = Math.max(0, Math.min(255, value + ((x * y + 5 * frame) % 17) - 8));
  }
  return frame === 2 ? [original, original] : [original, decoded];
}

const pairs = [0, 1, 2].map(framePair);
const original = Buffer.concat(pairs.map(([frame]) => frame));
const decoded = Buffer.concat(pairs.map(([, frame]) => frame));

describe('the score of decoded frames', () => {
  it('C09: is computed from the frames and the number of encoded bytes alone', async () => {
    const { metrics } = valueOf(await scoreFrames({ info, original, decoded, encodedBytes: 1000 }, testRun));
    expect(metrics.bitrateMbps).toBeCloseTo((1000 * 8) / 0.5 / 1e6, 12);
    expect(metrics.compressionRatio).toBeCloseTo((frameBytes * 3) / 1000, 12);
    const error = original.reduce((sum, value, index) => sum + (value - (decoded[index] ?? 0)) ** 2, 0);
    expect(metrics.psnrDb).toBeCloseTo(10 * Math.log10(255 ** 2 / (error / original.byteLength)), 10);
    for (const [index, [one, other]] of pairs.entries()) {
      const byDefinition = ssimByDefinition({ width, height, bytes: one }, { width, height, bytes: other });
      expect(metrics.frames[index]?.ssim).toBeCloseTo(byDefinition, 10);
    }
    // What scikit-image 0.26.0 computes: structural_similarity(…, channel_axis=-1, gaussian_weights=True, sigma=1.5,
    // use_sample_covariance=False, data_range=255) and peak_signal_noise_ratio.
    expect(metrics.frames[0]?.ssim).toBeCloseTo(0.984_787_206_328_451_1, 10);
    expect(metrics.frames[1]?.ssim).toBeCloseTo(0.985_749_267_390_819_1, 10);
    expect(metrics.frames[0]?.psnrDb).toBeCloseTo(33.777_359_901_140_63, 10);
    expect(metrics.frames[1]?.psnrDb).toBeCloseTo(34.720_238_512_452_25, 10);
    expect(metrics.frames[2]).toEqual({ psnrDb: null, ssim: 1 });
    expect(metrics.isLossless).toBe(false);
  });

  it('has pictures of the first, the worst and the last frame', async () => {
    const ends = [pairs[2], pairs[0], pairs[1], pairs[2]].filter((pair) => pair !== undefined);
    const four = { ...info, frames: 4 };
    const [one, other] = [0, 1].map((side) => Buffer.concat(ends.map((pair) => pair[side] ?? Buffer.of())));
    if (one === undefined || other === undefined) throw new Error('there are two videos');
    const scoring = { info: four, original: one, decoded: other, encodedBytes: 1 };
    const { pictures } = valueOf(await scoreFrames(scoring, testRun));
    expect(pictures.map(({ name }) => name).toSorted()).toEqual(
      ['0000', '0001', '0003'].flatMap((frame) =>
        ['decoded', 'difference', 'original'].map((kind) => `frame-${frame}.${kind}.png`),
      ),
    );
    const samples = (kind: string): number[] => {
      const { bytes } = pictures.find(({ name }) => name === `frame-0001.${kind}.png`) ?? { bytes: Buffer.of() };
      const picture = PNG.sync.read(Buffer.from(bytes));
      expect(picture).toMatchObject({ width, height });
      return [...picture.data].filter((_, index) => index % 4 < 3);
    };
    const [worst] = pairs;
    expect(samples('original')).toEqual([...(worst?.[0] ?? [])]);
    expect(samples('decoded')).toEqual([...(worst?.[1] ?? [])]);
    const differences = [...(worst?.[0] ?? [])].map((value, index) => Math.abs(value - (worst?.[1]?.[index] ?? 0)));
    expect(samples('difference')).toEqual(differences.map((difference) => Math.min(255, difference * 8)));
  });

  it('tells a lossless video as such, and makes pictures of large frames smaller', async () => {
    const large = { width: 1920, height: 48, frames: 1, framesPerSecond: 1 };
    const frames = Buffer.alloc(1920 * 48 * 3, 90);
    const scoring = { info: large, original: frames, decoded: Buffer.from(frames), encodedBytes: 10 };
    const { metrics, pictures } = valueOf(await scoreFrames(scoring, testRun));
    expect(metrics).toMatchObject({ psnrDb: null, isLossless: true, ssim: 1 });
    const [first] = pictures;
    expect(PNG.sync.read(Buffer.from(first?.bytes ?? []))).toMatchObject({ width: 640, height: 16 });
    expect(pictures).toHaveLength(3);
  });
});
