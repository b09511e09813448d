/** Measures what the code under test made of a video, in a sandbox where that code never runs. */
import { MetricsSchema, type Metrics } from '../../../workflows/contract/experiments/metrics.ts';
import { videoLimits } from '../../../workflows/contract/experiments/video-limits.ts';
import { rawBytesOf, type VideoInfo } from '../../../workflows/contract/experiments/video.ts';
import type { SandboxFile } from '../../sandbox/sandbox.ts';
import { problemOf, reportOf, runProgram, type PhaseResult, type PhaseRun } from './run-program.ts';

export interface ScoreRequest {
  readonly info: VideoInfo;
  /** Raw RGB, as long as `info` says. */
  readonly original: Uint8Array;
  readonly decoded: Uint8Array;
  /** How many bytes `encode` returned. */
  readonly encodedBytes: number;
}

export interface Score {
  readonly metrics: Metrics;
  /** Of the first, the worst and the last frame, as in `frame-0012.original.png`, `.decoded.png` and `.difference.png`. */
  readonly pictures: readonly SandboxFile[];
}

const MeasuredSchema = MetricsSchema.omit({ bitrateMbps: true, compressionRatio: true });

/** Measures the decoded frames. The two videos must be as long as `info` says. */
export async function scoreFrames(request: ScoreRequest, run: PhaseRun): Promise<PhaseResult<Score>> {
  const { info, original, decoded, encodedBytes } = request;
  const { pictureLongestSide, differenceGain, picturesBytes } = videoLimits;
  const result = await runProgram(
    {
      program: 'score',
      source: '',
      inputs: { info, pictureLongestSide, differenceGain },
      files: [
        { name: 'original.rgb', bytes: original },
        { name: 'decoded.rgb', bytes: decoded },
      ],
      resultBytes: picturesBytes,
    },
    run,
  );
  const { outcome } = result;
  if ('problem' in outcome) return { ...reportOf(result), outcome };
  const measured = MeasuredSchema.safeParse(outcome.value);
  // All figures are checked here: whatever leaves is read by lists and pages.
  const metrics = MetricsSchema.safeParse({ ...sizeMetrics(info, encodedBytes), ...measured.data });
  if (!metrics.success) return { ...reportOf(result), outcome: problemOf('the frames could not be measured') };
  return { ...reportOf(result), outcome: { metrics: metrics.data, pictures: outcome.files } };
}

function sizeMetrics(info: VideoInfo, encodedBytes: number): Pick<Metrics, 'bitrateMbps' | 'compressionRatio'> {
  const seconds = info.frames / info.framesPerSecond;
  return {
    bitrateMbps: (encodedBytes * 8) / seconds / 1e6,
    compressionRatio: rawBytesOf(info) / encodedBytes,
  };
}
