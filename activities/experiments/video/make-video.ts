/** The frames of an experiment's video: generated, or read from an uploaded file. Uploads are decoded in the sandbox alone. */
import { z } from 'zod';
import { videoLimits } from '../../../workflows/contract/experiments/video-limits.ts';
import {
  rawBytesOf,
  VideoInfoSchema,
  type VideoInfo,
  type VideoSource,
} from '../../../workflows/contract/experiments/video.ts';
import { problemOf, reportOf, runProgram, type PhaseResult, type PhaseRun } from './run-program.ts';
import type { SandboxFile } from '../../sandbox/sandbox.ts';

export interface Video {
  readonly info: VideoInfo;
  /** Raw RGB, one frame after the other: always as long as `info` says. */
  readonly frames: Uint8Array;
}

export interface VideoRequest {
  readonly video: VideoSource;
  /** Of a stored video: what the store holds by its hash. Null for a generated one. */
  readonly content: Uint8Array | null;
}

const framesFile = 'frames.rgb';

const ValueSchema = z.union([
  z.strictObject({ problem: z.string().max(1000) }),
  z.strictObject({ info: VideoInfoSchema }),
]);

/** Makes the frames. What is wrong with an upload is a problem with a message for whoever uploaded it. */
export async function makeVideo({ video, content }: VideoRequest, run: PhaseRun): Promise<PhaseResult<Video>> {
  const result = await runProgram(
    {
      program: 'make-video',
      source: '',
      inputs: { video, limits: { ...videoLimits } },
      files: content === null ? [] : [{ name: 'upload', bytes: content }],
      resultBytes: videoLimits.rawBytes,
    },
    run,
  );
  const { outcome } = result;
  return { ...reportOf(result), outcome: 'problem' in outcome ? outcome : videoOf(outcome) };
}

type Made = PhaseResult<Video>['outcome'];

function videoOf({ value, files }: { readonly value: unknown; readonly files: readonly SandboxFile[] }): Made {
  const read = ValueSchema.safeParse(value);
  if (!read.success) return problemOf('the video could not be read: its frames are not as they must be');
  if ('problem' in read.data) return problemOf(read.data.problem);
  const { info } = read.data;
  const frames = bytesOf(files, framesFile);
  if (frames?.byteLength !== rawBytesOf(info)) {
    return problemOf('the video could not be read: its frames are not as long as its size says');
  }
  return { info, frames };
}

/** Of the file with this name, where it was written. */
export function bytesOf(files: readonly SandboxFile[], name: string): Uint8Array | undefined {
  return files.find((file) => file.name === name)?.bytes;
}
