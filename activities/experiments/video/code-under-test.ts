/**
 * Runs the code under test: `encode` in one sandbox and `decode` in a new one. Only the encoded bytes and the video's size cross
 * from the first to the second. Whatever the code says of itself is ignored; what it returns is checked here.
 */
import { z } from 'zod';
import { videoLimits } from '../../../workflows/contract/experiments/video-limits.ts';
import { rawBytesOf, type VideoInfo } from '../../../workflows/contract/experiments/video.ts';
import type { CodeResult } from '../../sandbox/sandbox.ts';
import { bytesOf, type Video } from './make-video.ts';
import { problemOf, reportOf, runProgram, type PhaseResult, type PhaseRun } from './run-program.ts';

export interface EncodeRequest extends Video {
  /** Python that defines `encode(frames, info)`. */
  readonly source: string;
}

export interface DecodeRequest {
  /** Python that defines `decode(encoded, info)`. */
  readonly source: string;
  readonly info: VideoInfo;
  /** What `encode` returned. */
  readonly encoded: Uint8Array;
}

/** Calls `encode` with the frames. */
export async function encodeFrames(
  { source, info, frames }: EncodeRequest,
  run: PhaseRun,
): Promise<PhaseResult<{ readonly encoded: Uint8Array }>> {
  const { encodedBytes } = videoLimits;
  const result = await runProgram(
    {
      program: 'encode',
      source,
      inputs: { info, encodedBytes },
      files: [{ name: 'frames.rgb', bytes: frames }],
      resultBytes: encodedBytes,
    },
    run,
  );
  const written = writtenBytes(result, 'encoded');
  if ('problem' in written) return { ...reportOf(result), outcome: written };
  if (written.bytes.byteLength === 0) return { ...reportOf(result), outcome: problemOf('encode returned no bytes') };
  return { ...reportOf(result), outcome: { encoded: written.bytes } };
}

/** Calls `decode` with the encoded bytes. The frames are as long as the video's. */
export async function decodeFrames(
  { source, info, encoded }: DecodeRequest,
  run: PhaseRun,
): Promise<PhaseResult<{ readonly frames: Uint8Array }>> {
  const rawBytes = rawBytesOf(info);
  const result = await runProgram(
    {
      program: 'decode',
      source,
      inputs: { info },
      files: [{ name: 'encoded', bytes: encoded }],
      resultBytes: rawBytes,
    },
    run,
  );
  const written = writtenBytes(result, 'frames.rgb');
  if ('problem' in written) return { ...reportOf(result), outcome: written };
  const { byteLength } = written.bytes;
  if (byteLength !== rawBytes) {
    const outcome = problemOf(`decode returned frames of ${byteLength} bytes together, wanted ${rawBytes}`);
    return { ...reportOf(result), outcome };
  }
  return { ...reportOf(result), outcome: { frames: written.bytes } };
}

const ReportedSchema = z.object({ problem: z.string().transform((text) => text.slice(0, 2000)) });

type Written =
  | { readonly bytes: Uint8Array }
  | ReturnType<typeof problemOf>
  | Extract<CodeResult['outcome'], { problem: unknown }>;

/** Code under test that replaced our program may have written anything, or nothing. */
function writtenBytes({ outcome }: CodeResult, name: string): Written {
  if ('problem' in outcome) return outcome;
  const reported = ReportedSchema.safeParse(outcome.value);
  if (reported.success) return problemOf(reported.data.problem);
  const bytes = bytesOf(outcome.files, name);
  return bytes === undefined ? problemOf('the code ended without a result') : { bytes };
}
