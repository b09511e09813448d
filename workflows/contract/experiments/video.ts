/** The videos of experiments: where one comes from, and what its frames are once it is made. */
import { z } from 'zod';
import { videoLimits } from './video-limits.ts';

const { leastPixels, mostPixels, mostFrames, leastFramesPerSecond, mostFramesPerSecond, rawBytes } = videoLimits;

const PixelsSchema = z.int().min(leastPixels).max(mostPixels);
const FramesPerSecondSchema = z.number().min(leastFramesPerSecond).max(mostFramesPerSecond);

/** Frames are 24-bit RGB: `frames` times `height` times `width` times 3 bytes, one frame after the other. */
export const VideoInfoSchema = z
  .strictObject({
    width: PixelsSchema,
    height: PixelsSchema,
    frames: z.int().min(1).max(mostFrames),
    framesPerSecond: FramesPerSecondSchema,
  })
  .refine(fitsIntoRawBytes, { error: tooLarge });
export type VideoInfo = z.infer<typeof VideoInfoSchema>;

export const videoPatterns = ['gradients', 'noise', 'text'] as const;

/** A video that the product makes itself: the same seed gives the same bytes. */
export const GeneratedVideoSchema = z
  .strictObject({
    kind: z.literal('generated'),
    pattern: z
      .enum(videoPatterns)
      .default('gradients')
      .describe('moving gradients; noise over a moving gradient; text that moves over a gradient'),
    width: PixelsSchema.default(160),
    height: PixelsSchema.default(90),
    frames: z.int().min(1).max(mostFrames).default(24),
    framesPerSecond: FramesPerSecondSchema.default(24),
    seed: z.int().min(0).max(4_294_967_295).default(1),
  })
  .refine(fitsIntoRawBytes, { error: tooLarge });

const Sha256Schema = z.string().regex(/^[0-9a-f]{64}$/);

const StoredY4mSchema = z.strictObject({
  kind: z.literal('stored'),
  format: z.literal('y4m'),
  sha256: Sha256Schema,
});

/** A tar file of PNG or JPEG pictures, in the order of their names, which says nothing of how fast they follow each other. */
const StoredFramesSchema = z.strictObject({
  kind: z.literal('stored'),
  format: z.literal('frames'),
  sha256: Sha256Schema,
  framesPerSecond: FramesPerSecondSchema,
});

export const VideoSourceSchema = z.union([GeneratedVideoSchema, StoredY4mSchema, StoredFramesSchema]);
export type VideoSource = z.infer<typeof VideoSourceSchema>;

interface Size {
  readonly width: number;
  readonly height: number;
  readonly frames: number;
}

/** Bytes of all frames as raw RGB. */
export function rawBytesOf({ width, height, frames }: Size): number {
  return width * height * 3 * frames;
}

function fitsIntoRawBytes(size: Size): boolean {
  return rawBytesOf(size) <= rawBytes;
}

function tooLarge(): string {
  return `the frames have more than ${rawBytes} bytes as raw RGB (width × height × 3 × frames)`;
}
