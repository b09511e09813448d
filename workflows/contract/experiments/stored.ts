/**
 * What was stored of experiments, as it is read again: the shape alone, without today's bounds. A bound that becomes narrower, or
 * a limit that is added, must not make the records of before unreadable.
 */
import { z } from 'zod';
import { gpuUses } from './experiment.ts';
import { defaultExperimentLimits, type ExperimentLimits } from './limits.ts';
import type { ExperimentSpec } from './spec.ts';
import { videoPatterns, type VideoInfo } from './video.ts';

const VideoSchema = z.union([
  z.object({
    kind: z.literal('generated'),
    pattern: z.enum(videoPatterns),
    width: z.number(),
    height: z.number(),
    frames: z.number(),
    framesPerSecond: z.number(),
    seed: z.number(),
  }),
  z.object({ kind: z.literal('stored'), format: z.literal('y4m'), sha256: z.string() }),
  z.object({
    kind: z.literal('stored'),
    format: z.literal('frames'),
    sha256: z.string(),
    framesPerSecond: z.number(),
  }),
]);

export const StoredSpecSchema: z.ZodType<ExperimentSpec> = z.object({
  name: z.string().optional(),
  video: VideoSchema,
  code: z.string().optional(),
  goal: z.string().optional(),
  rounds: z.number(),
  psnrDb: z.number(),
  ratio: z.number().optional(),
  model: z.string().optional(),
  budget: z.object({ usd: z.number().optional() }).optional(),
  gpu: z.enum(gpuUses),
  limits: z
    .object({
      encodeSeconds: z.number().optional(),
      decodeSeconds: z.number().optional(),
      totalSeconds: z.number().optional(),
      waitSeconds: z.number().optional(),
      memoryBytes: z.number().optional(),
    })
    .optional(),
});

export const StoredVideoInfoSchema: z.ZodType<VideoInfo> = z.object({
  width: z.number(),
  height: z.number(),
  frames: z.number(),
  framesPerSecond: z.number(),
});

/** A limit that is newer than the experiment has its default. */
export const StoredLimitsSchema: z.ZodType<ExperimentLimits> = z.object({
  dispatchSeconds: orDefault('dispatchSeconds'),
  writeSeconds: orDefault('writeSeconds'),
  encodeSeconds: orDefault('encodeSeconds'),
  decodeSeconds: orDefault('decodeSeconds'),
  scoreSeconds: orDefault('scoreSeconds'),
  storeSeconds: orDefault('storeSeconds'),
  totalSeconds: orDefault('totalSeconds'),
  waitSeconds: orDefault('waitSeconds'),
  heartbeatSeconds: orDefault('heartbeatSeconds'),
  attempts: orDefault('attempts'),
  memoryBytes: orDefault('memoryBytes'),
});

function orDefault(limit: keyof ExperimentLimits) {
  return z.number().default(defaultExperimentLimits[limit]);
}
