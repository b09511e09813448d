/** Experiments as text: where one is, its rounds and their metrics. */
import prettyBytes from 'pretty-bytes';
import { bestOf } from '../../../workflows/contract/experiments/front.ts';
import type { Experiment, ExperimentLine } from '../api/client.ts';
import { duration } from '../progress/bar.ts';

type Metrics = NonNullable<NonNullable<ExperimentLine['best']>['metrics']>;
type Round = Experiment['roundsMade'][number];

/** One line about an experiment. `experiments watch` redraws it while the experiment runs. */
export function experimentStatus(experiment: Experiment): string {
  const { id, state, phase, round, rounds, progress, waitingBefore } = experiment;
  const best = bestRoundOf(experiment)?.metrics ?? null;
  const parts = [
    waitingBefore === null ? '' : `waits for a worker, ${waitingBefore} before it`,
    rounds > 1 && round > 0 ? `round ${round} of ${rounds}` : '',
    phase ?? (waitingBefore === null ? state : ''),
    progress === null ? '' : `${duration(progress.phaseSeconds)}, ${prettyBytes(progress.memoryBytes)}`,
    best === null ? '' : `so far ${metricsText(best)}`,
  ];
  return [id, ...parts.filter((part) => part !== '')].join('  ·  ');
}

export function experimentText(experiment: Experiment): string {
  const { id, name, state, failure, video, usage, roundsMade } = experiment;
  const size =
    video === null ? '' : `  ${video.width}×${video.height}, ${video.frames} frames, ${video.framesPerSecond} a second`;
  return [
    `${id}  ${name === null ? '' : `${name}: `}${state}${size}${usage.modelCalls === 0 ? '' : `  $${usage.costUsd.toFixed(4)}`}`,
    ...(failure === null ? [] : [`  ${failureText(failure)}`]),
    ...(state === 'created' || state === 'processing' ? [`  ${experimentStatus(experiment)}`] : []),
    ...roundsMade.map(roundText),
    '',
  ].join('\n');
}

export function experimentListLine({ id, state, name, acceptedAt, best }: ExperimentLine): string {
  const metrics = best?.metrics === undefined || best.metrics === null ? '' : metricsText(best.metrics);
  return `${id}  ${state.padEnd(10)} ${acceptedAt}  ${metrics.padEnd(44)} ${name ?? ''}`.trimEnd() + '\n';
}

function roundText({ number, state, failure, metrics, encoded, decoded, isBest }: Round): string {
  const times = [
    encoded === null ? '' : `encode ${seconds(encoded)}`,
    decoded === null ? '' : `decode ${seconds(decoded)}`,
  ];
  const parts = [metrics === null ? '' : metricsText(metrics), ...times, failure === null ? '' : failureText(failure)];
  const said = parts.filter((part) => part !== '').join(', ');
  return `  round ${String(number).padStart(2)} ${isBest ? '*' : ' '} ${state.padEnd(10)} ${said}`;
}

function metricsText({ bitrateMbps, compressionRatio, psnrDb, ssim, isLossless }: Metrics): string {
  const quality = isLossless ? 'lossless' : `${psnrDb?.toFixed(2) ?? 'infinite'} dB`;
  return `${bitrateMbps.toFixed(3)} Mbit/s, ${compressionRatio.toFixed(1)}:1, ${quality}, SSIM ${ssim.toFixed(4)}`;
}

function failureText({ phase, type, message, line }: NonNullable<Round['failure']>): string {
  return `${phase}: ${type}${line === null ? '' : ` in line ${line}`}: ${message}`;
}

function seconds({ seconds: taken }: NonNullable<Round['encoded']>): string {
  return `${taken.toFixed(2)} s`;
}

/** The best so far, as the record has it in the end: while an experiment runs, no round is marked yet. Null without a scored one. */
export function bestRoundOf({ roundsMade, spec }: Experiment): Round | null {
  const rated = roundsMade.flatMap(({ number, metrics }) => (metrics === null ? [] : [{ number, ...metrics }]));
  const best = bestOf(rated, spec.psnrDb);
  return roundsMade.find(({ number }) => number === best) ?? null;
}
