/** The experiments of the demo, each with what must hold of it. */
import { setTimeout as delay } from 'node:timers/promises';
import type { Stack } from '../../workers/local/stack.ts';
import type { ModelServer } from '../model-server/server.ts';
import {
  codecOf,
  download,
  hasEnded,
  secondsOf,
  submit,
  waitUntil,
  type Experiment,
  type Installation,
  type Video,
} from './experiment-calls.ts';
import {
  endCheck,
  limitCheck,
  lyingMetricsCheck,
  roundChecks,
  statusCheck,
  timeCheck,
  typicalMetricsCheck,
  type Check,
} from './judge.ts';
import { ownFrames } from './own-video.ts';
import { statusTimes, watchTimed, type StatusTimes } from './status-times.ts';

export interface Demo extends Installation {
  readonly stack: Stack;
  readonly model: ModelServer;
  readonly video: Video;
  readonly say: (line: string) => void;
}

export interface TrialReport {
  readonly trial: string;
  readonly id: string;
  readonly state: Experiment['state'];
  /** From its submission to its end. */
  readonly seconds: number;
  readonly rounds: number;
  readonly checks: readonly Check[];
  readonly status?: StatusTimes;
}

export const trials: readonly ((demo: Demo) => Promise<TrialReport>)[] = [typical, rounds, hanging, lying, killed];

/** On a machine that does something else, a second one may be quick enough. */
const mostTypical = 3;

async function typical(demo: Demo): Promise<TrialReport> {
  demo.say('A typical codec: encode 2 s, decode 1 s. Its state is read all the time …');
  const milliseconds: number[] = [];
  const seconds: number[] = [];
  for (;;) {
    const { id } = await submit(demo, { name: 'typical', video: demo.video, code: codecOf('typical') });
    const watched = await watchTimed(demo, id);
    const { experiment } = watched;
    milliseconds.push(...watched.milliseconds);
    seconds.push(secondsOf(experiment));
    const time = timeCheck(seconds);
    const status = statusTimes(milliseconds);
    const checks = [endCheck(experiment, 'completed'), await metricsOf(demo, experiment), time, statusCheck(status)];
    if (time.ok || seconds.length === mostTypical) return { ...reportOf('typical codec', experiment, checks), status };
  }
}

/** Of an experiment with the typical codec. */
async function metricsOf(demo: Demo, experiment: Experiment): Promise<Check> {
  if (experiment.state !== 'completed') return lyingMetricsCheck(experiment, []);
  return typicalMetricsCheck(experiment, await download(demo, experiment.id, 'encoded.bin'), ownFrames());
}

async function rounds(demo: Demo): Promise<TrialReport> {
  demo.say('A goal in four rounds: a model writes the codec, mends it, and makes it smaller …');
  const before = callsOf(demo);
  const { id } = await submit(demo, {
    name: 'four rounds',
    video: { kind: 'generated', pattern: 'text', width: 160, height: 90, frames: 24, framesPerSecond: 24, seed: 1 },
    goal: 'As small as possible at 34 dB.',
    psnrDb: 34,
    rounds: 4,
  });
  const experiment = await waitUntil(demo, id, hasEnded);
  for (const { number, state, note, metrics } of experiment.roundsMade) {
    const figures = metrics === null ? '' : `, ratio ${metrics.compressionRatio.toFixed(1)}`;
    demo.say(`  round ${number}: ${state}${figures}. ${note ?? ''}`);
  }
  const checks = [endCheck(experiment, 'completed'), ...roundChecks(experiment, callsOf(demo) - before)];
  return reportOf('goal in rounds', experiment, checks);
}

function callsOf({ model }: Demo): number {
  return model.journal.entries.filter(({ kind, usage }) => kind === 'create' && usage !== null).length;
}

const hangingSeconds = 2;

async function hanging(demo: Demo): Promise<TrialReport> {
  demo.say(`A codec that hangs in a thread, with a limit of ${hangingSeconds} s …`);
  const { id } = await submit(demo, {
    name: 'hanging',
    video: demo.video,
    code: codecOf('hanging'),
    limits: { encodeSeconds: hangingSeconds },
  });
  const experiment = await waitUntil(demo, id, hasEnded);
  const checks = [endCheck(experiment, 'timed_out'), limitCheck(experiment, secondsOf(experiment), hangingSeconds)];
  return reportOf('hanging codec', experiment, checks);
}

async function lying(demo: Demo): Promise<TrialReport> {
  demo.say('A codec that hides the frames in files and a variable, and prints good figures …');
  const { id } = await submit(demo, { name: 'lying', video: demo.video, code: codecOf('lying') });
  const experiment = await waitUntil(demo, id, hasEnded);
  const checks = [endCheck(experiment, 'completed'), lyingMetricsCheck(experiment, ownFrames())];
  return reportOf('lying codec', experiment, checks);
}

/** In the middle of the two seconds that the typical codec takes to encode. */
const killAfterMilliseconds = 1_000;

async function killed(demo: Demo): Promise<TrialReport> {
  demo.say('A typical codec whose worker is killed while it encodes …');
  const { id } = await submit(demo, { name: 'killed', video: demo.video, code: codecOf('typical') });
  await waitUntil(demo, id, ({ phase }) => phase === 'encode');
  await delay(killAfterMilliseconds);
  const worker = demo.stack.worker('sandbox');
  const { pid } = worker;
  const { restarts: before } = worker.report;
  demo.say(`  kill -9 ${pid} (the worker of sandboxes)`);
  process.kill(pid, 'SIGKILL');
  const experiment = await waitUntil(demo, id, hasEnded);
  const restarts = worker.report.restarts - before;
  const checks = [
    endCheck(experiment, 'completed'),
    await metricsOf(demo, experiment),
    {
      what: 'a second worker has ended it',
      ok: restarts === 1 && experiment.roundsMade.length === 1,
      detail: `${restarts} new worker, ${experiment.roundsMade.length} record`,
    },
  ];
  return reportOf('killed worker', experiment, checks);
}

function reportOf(trial: string, experiment: Experiment, checks: readonly Check[]): TrialReport {
  const { id, state, roundsMade } = experiment;
  return { trial, id, state, seconds: secondsOf(experiment), rounds: roundsMade.length, checks };
}
