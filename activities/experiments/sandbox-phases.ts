/**
 * The phases of an experiment that run in sandboxes: the video is made, encoded, decoded and scored. Each takes content by its
 * hash and gives content by its hash; it records nothing but how far it is. So it can be repeated after a worker died.
 */
import type {
  ContentReference,
  DispatchedVideo,
  ExperimentSandboxActivities,
  PhaseOutput,
  PhaseResult,
  RoundScore,
} from '../../workflows/contract/experiments/experiment.ts';
import { ownMemoryBytes, ownSeconds } from '../../workflows/contract/experiments/limits.ts';
import { videoLimits } from '../../workflows/contract/experiments/video-limits.ts';
import { rawBytesOf, type VideoSource } from '../../workflows/contract/experiments/video.ts';
import { failure } from '../failure.ts';
import { failureOf, runPhase, type PhaseDependencies } from './phase.ts';
import { keepScore } from './keep-score.ts';
import { decodeFrames, encodeFrames } from './video/code-under-test.ts';
import { makeVideo } from './video/make-video.ts';
import type { PhaseProblem, PhaseReport } from './video/run-program.ts';
import { scoreFrames } from './video/score-frames.ts';

export function createExperimentPhases(dependencies: PhaseDependencies): ExperimentSandboxActivities {
  const { artifacts, experiments } = dependencies.store;
  const codeOf = async ({ sha256 }: ContentReference) => (await artifacts.getContent(sha256)).toString('utf8');
  return {
    dispatchExperiment: ({ experimentId, limits: { dispatchSeconds } }) =>
      runPhase<DispatchedVideo>(
        dependencies,
        {
          experimentId,
          phase: 'dispatch',
          round: 0,
          limits: { seconds: dispatchSeconds, memoryBytes: ownMemoryBytes },
        },
        async (run) => {
          const video = await sourceOf(dependencies, experimentId);
          const seconds = ownSeconds(
            dispatchSeconds,
            video.kind === 'generated' ? rawBytesOf(video) : videoLimits.rawBytes,
          );
          const upload = await uploadOf(dependencies, video);
          if (upload === 'unknown') return unknownUpload;
          const { outcome } = await makeVideo(
            { video, content: upload },
            { ...run, limits: { ...run.limits, seconds } },
          );
          if ('problem' in outcome) {
            if (video.kind === 'generated') throwIfTooSlow('making the video', outcome.problem);
            return { failure: failureOf('dispatch', outcome.problem, 'video') };
          }
          const frames = await artifacts.putContent(outcome.frames);
          await experiments.hold(experimentId, 0, 'frames', frames);
          await experiments.dispatched(experimentId, outcome.info);
          return { value: { info: outcome.info, frames } };
        },
      ),
    encodeRound: ({ experimentId, round, limits: { encodeSeconds: seconds, memoryBytes }, code, video }) =>
      runPhase<PhaseOutput>(
        dependencies,
        { experimentId, phase: 'encode', round, limits: { seconds, memoryBytes } },
        async (run) => {
          const frames = await artifacts.getContent(video.frames.sha256);
          const result = await encodeFrames({ source: await codeOf(code), info: video.info, frames }, run);
          const { outcome } = result;
          if ('problem' in outcome) return { failure: failureOf('encode', outcome.problem) };
          const content = await artifacts.putContent(outcome.encoded);
          await experiments.hold(experimentId, round, 'encoded', content);
          return outputOf(result, content);
        },
      ),
    decodeRound: ({ experimentId, round, limits: { decodeSeconds: seconds, memoryBytes }, code, video, encoded }) =>
      runPhase<PhaseOutput>(
        dependencies,
        { experimentId, phase: 'decode', round, limits: { seconds, memoryBytes } },
        async (run) => {
          const bytes = await artifacts.getContent(encoded.sha256);
          const result = await decodeFrames({ source: await codeOf(code), info: video.info, encoded: bytes }, run);
          const { outcome } = result;
          if ('problem' in outcome) return { failure: failureOf('decode', outcome.problem) };
          const content = await artifacts.putContent(outcome.frames);
          await experiments.hold(experimentId, round, 'decoded', content);
          return outputOf(result, content);
        },
      ),
    scoreRound: ({ experimentId, round, limits: { scoreSeconds }, video, encoded, decoded }) => {
      const seconds = ownSeconds(scoreSeconds, rawBytesOf(video.info));
      return runPhase<RoundScore>(
        dependencies,
        { experimentId, phase: 'score', round, limits: { seconds, memoryBytes: ownMemoryBytes } },
        async (run) => {
          const [original, made] = await Promise.all([
            artifacts.getContent(video.frames.sha256),
            artifacts.getContent(decoded.sha256),
          ]);
          const { outcome } = await scoreFrames(
            { info: video.info, original, decoded: made, encodedBytes: encoded.bytes },
            run,
          );
          // Both videos have the right length, so the code under test has no part in it.
          if ('problem' in outcome) {
            throwIfTooSlow('measuring the video', outcome.problem);
            return { failure: failureOf('score', outcome.problem, 'installation') };
          }
          return { value: await keepScore(artifacts, outcome, encoded.bytes) };
        },
      );
    },
  };
}

async function sourceOf({ store }: PhaseDependencies, experimentId: string): Promise<VideoSource> {
  const row = await store.experiments.find(experimentId);
  if (row === null) throw failure('store', `the store has no experiment ${experimentId}`);
  return row.spec.video;
}

/** Null for a generated video. `unknown`: this tenant has uploaded no such content, or it was removed. */
async function uploadOf({ store }: PhaseDependencies, video: VideoSource): Promise<Uint8Array | null | 'unknown'> {
  if (video.kind === 'generated') return null;
  const formats = await store.videoUploads.formatsOf(video.sha256);
  return formats.includes(video.format) ? store.artifacts.getContent(video.sha256) : 'unknown';
}

/** The product's own program on a video of a known size: the machine is too busy, which may pass. */
function throwIfTooSlow(what: string, { type }: PhaseProblem): void {
  if (type === 'time_limit')
    throw failure('sandbox', `${what} took longer than its limit; the machine may be too busy`);
}

const unknownUpload: PhaseResult<never> = {
  failure: {
    phase: 'dispatch',
    type: 'video',
    message: 'the video is not among the uploaded ones; it may have been removed',
    line: null,
  },
};

function outputOf({ seconds, peakBytes }: PhaseReport, content: ContentReference): PhaseResult<PhaseOutput> {
  return { value: { content, seconds, peakBytes } };
}
