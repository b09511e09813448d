/**
 * PSNR and SSIM against the filters of ffmpeg. Its `ssim` is another form of SSIM than the one of Wang et al.: windows of 8 × 8
 * pixels of equal weight, four pixels apart, sample variances, and a constant C1 that is 64 times smaller. So the product's own code
 * is run in that form as well, where it agrees everywhere; the figures of the two forms agree on some contents only.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import type { Video } from '../../../../activities/experiments/video/make-video.ts';
import { scoreFrames } from '../../../../activities/experiments/video/score-frames.ts';
import { videoPatterns } from '../../../../workflows/contract/experiments/video.ts';
import { distortions } from '../../../support/experiments/distortions.ts';
import { measuredByFfmpeg } from '../../../support/experiments/ffmpeg.ts';
import { generatedVideo, testRun, valueOf } from '../../../support/experiments/phases.ts';
import { runPython, testLimits } from '../../../support/sandbox/python.ts';

interface Comparison {
  readonly name: string;
  readonly video: Video;
  readonly decoded: Uint8Array;
  readonly ours: { readonly psnrDb: number | null; readonly ssim: number };
  readonly theirs: { readonly psnrDb: number; readonly ssim: number };
}

const comparisons: Comparison[] = [];

beforeAll(async () => {
  for (const pattern of videoPatterns) {
    const video = await generatedVideo(pattern, { width: 160, height: 90, frames: 2 });
    comparisons.push(
      ...(await Promise.all(
        Object.entries(distortions).map(([name, distorted]) => compare(`${pattern} ${name}`, video, distorted(video))),
      )),
    );
  }
});

async function compare(name: string, video: Video, decoded: Uint8Array): Promise<Comparison> {
  const scoring = { info: video.info, original: video.frames, decoded, encodedBytes: 1 };
  const [score, theirs] = await Promise.all([
    scoreFrames(scoring, testRun),
    measuredByFfmpeg(video.info, [video.frames, decoded]),
  ]);
  return { name, video, decoded, ours: valueOf(score).metrics, theirs };
}

/** `score.py` with ffmpeg's windows, variances and constant; all else is the product's. */
const inFormOfFfmpeg = `${readFileSync(
  join(import.meta.dirname, '../../../../activities/experiments/video/programs/score.py'),
  'utf8',
)}
C1 = C1 / 64
# Variances of n - 1 for n = 64: a factor on both sides of a fraction, which the constant can have instead.
C2 = C2 * 63 / 64

# The whole frame at once: where a window begins does not depend on a strip.
STRIP_ROWS = 10_000

def local_mean(samples):
    rows, columns = (length // 4 * 4 for length in samples.shape[:2])
    means = cv2.boxFilter(samples[:rows, :columns], -1, (8, 8), anchor=(0, 0))
    return means[: rows - 7 : 4, : columns - 7 : 4]

def main(inputs):
    figures = []
    for index, info in enumerate(inputs["infos"]):
        with open(f"in/original-{index}", "rb") as one, open(f"in/decoded-{index}", "rb") as other:
            frames = range(info["frames"])
            values = [ssim(read_frame(one, at, info), read_frame(other, at, info)) for at in frames]
        figures.append(sum(values) / len(values))
    return figures
`;

describe('the metrics', () => {
  it("C09: PSNR is within 0.01 dB of what ffmpeg's psnr filter measures", () => {
    for (const { name, ours, theirs } of comparisons) {
      expect(Math.abs((ours.psnrDb ?? Infinity) - theirs.psnrDb), name).toBeLessThan(0.01);
    }
    expect(comparisons).toHaveLength(9);
  });

  it("C09: SSIM is within 0.002 of ffmpeg's ssim filter when it is computed in that filter's form", async () => {
    const infos = comparisons.map(({ video }) => video.info);
    const files = comparisons.flatMap(({ video, decoded }, index) => [
      { name: `original-${index}`, bytes: video.frames },
      { name: `decoded-${index}`, bytes: decoded },
    ]);
    const limits = { ...testLimits, memoryBytes: 2 ** 30 };
    const { outcome } = await runPython(inFormOfFfmpeg, { infos }, { files, limits });
    if ('problem' in outcome) throw new Error(outcome.problem.message);
    const figures = z.array(z.number()).length(comparisons.length).parse(outcome.value);
    for (const [index, { name, theirs }] of comparisons.entries()) {
      expect(Math.abs((figures[index] ?? 0) - theirs.ssim), name).toBeLessThan(0.002);
    }
  });

  it('C09: the two forms of SSIM agree within 0.002 on smooth and on little changed frames, and not on noise', () => {
    const near = comparisons.filter(({ ours, theirs }) => Math.abs(ours.ssim - theirs.ssim) < 0.002);
    expect(near.map(({ name }) => name)).toEqual([
      'gradients blurred',
      'noise brighter',
      'text brighter',
      'text blurred',
    ]);
  });
});
