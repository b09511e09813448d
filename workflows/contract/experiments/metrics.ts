/** What the product measures of an experiment, from the video and what the code made of it. `docs/experiments.md` has the formulas. */
import { z } from 'zod';
import { videoLimits } from './video-limits.ts';

/** Null where the frames are equal, which makes it infinite. */
const PsnrSchema = z.number().nonnegative().nullable();
const SsimSchema = z.number().min(-1).max(1);

export const FrameMetricsSchema = z.strictObject({ psnrDb: PsnrSchema, ssim: SsimSchema });

export const MetricsSchema = z.strictObject({
  bitrateMbps: z.number().positive(),
  compressionRatio: z.number().positive(),
  /** Of the squared error over all samples of all frames. Null where the video is lossless. */
  psnrDb: PsnrSchema,
  /** Whether all decoded bytes equal the original's. */
  isLossless: z.boolean(),
  /** The mean over all frames. */
  ssim: SsimSchema,
  frames: z.array(FrameMetricsSchema).min(1).max(videoLimits.mostFrames),
});
export type Metrics = z.infer<typeof MetricsSchema>;
