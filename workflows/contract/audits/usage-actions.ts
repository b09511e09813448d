/**
 * A07: what each path asks of an installation, and whether it has it: judged by what its workers tell of themselves now, by the limits in
 * force and by recorded runs. What none of these shows is `unknown`, never taken for granted. Pure.
 */
import { counted } from '../counted.ts';
import type { QueueKind } from '../names.ts';
import { includesPath, type UsagePath } from './usage-path.ts';

export const actionStates = ['yes', 'no', 'unknown'] as const;
export type ActionState = (typeof actionStates)[number];

/** A worker that lives now. */
export interface LivingWorker {
  /** Of its process, which may serve several queues. */
  readonly process: string;
  readonly queue: QueueKind;
  readonly slots: number;
  /** What it tells of its settings; null for an older worker, which tells nothing. */
  readonly told: { readonly exportsMetrics: boolean; readonly alertReceivers: number } | null;
}

export interface UsageFacts {
  readonly workers: readonly LivingWorker[];
  readonly apiExportsMetrics: boolean;
  /** Computer-use steps of all lead magnets; those with one attempt; those whose attempt may end before their loop. */
  readonly steps: number;
  readonly singleAttempts: number;
  readonly tightLoops: number;
  /** Computer-use runs, and those that used 80 % of their limit. */
  readonly runs: number;
  readonly reached80: number;
  /** Of the newest of these runs. */
  readonly coldStarts: number;
  readonly warmStarts: number;
}

export interface UsageAction {
  readonly path: UsagePath;
  readonly isDue: boolean;
  readonly action: string;
  readonly state: ActionState;
  readonly finding: string;
  readonly how: string;
}

type Judged = readonly [state: ActionState, finding: string];

interface Action {
  readonly path: UsagePath;
  readonly action: string;
  readonly how: string;
  readonly judge: (facts: UsageFacts) => Judged;
}

export function usageActions(path: UsagePath, facts: UsageFacts): readonly UsageAction[] {
  return actions.map(({ judge, ...action }) => {
    const [state, finding] = judge(facts);
    return { ...action, isDue: includesPath(path, action.path), state, finding };
  });
}

const actions: readonly Action[] = [
  {
    path: 'A',
    action: 'metrics are exported',
    how: 'set LODESTONE_METRICS_ADDRESS for the workers and LODESTONE_API_METRICS_ADDRESS for the API',
    judge: metrics,
  },
  {
    path: 'A',
    action: 'an alarm on time-outs',
    how: 'let Prometheus read the metrics, with the rules of ops/prometheus/rules.yaml',
    judge: timeoutAlarm,
  },
  {
    path: 'A',
    action: 'people are told of alerts',
    how: 'set LODESTONE_ALERT_MAIL or LODESTONE_ALERT_URL for the workers of jobs',
    judge: alertReceivers,
  },
  {
    path: 'A',
    action: 'failed attempts are repeated',
    how: 'leave limits.attempts of computer-use steps out, or set it above 1',
    judge: retries,
  },
  {
    path: 'B',
    action: 'limits leave room',
    how: 'raise budget.seconds and leave limits.attemptSeconds out, or set a new version: lodestone limits set',
    judge: room,
  },
  {
    path: 'B',
    action: 'several browsers at once',
    how: 'raise LODESTONE_BROWSERS, or start more workers with --queues browser',
    judge: slots,
  },
  {
    path: 'C',
    action: 'browsers have workers of their own',
    how: 'start workers with --queues browser, and leave browser out of the queues of the others',
    judge: ownWorkers,
  },
  {
    path: 'C',
    action: 'a second worker for browsers',
    how: 'start another worker with --queues browser, on another machine where there is one',
    judge: spareWorker,
  },
  {
    path: 'C',
    action: 'runs find a browser that is ready',
    how: 'set LODESTONE_WARM_BROWSERS above 0 on the workers of the queue browser, and give them memory for it',
    judge: warm,
  },
];

function metrics({ workers, apiExportsMetrics }: UsageFacts): Judged {
  const silent = workers.filter(({ told }) => told?.exportsMetrics === false);
  if (silent.length > 0)
    return ['no', `${counted(silent.length, 'living worker')} of ${workers.length} without metrics`];
  if (!apiExportsMetrics) return ['no', 'the API exports none'];
  const unknown = untold(workers);
  return unknown ?? ['yes', `the API and ${counted(workers.length, 'living worker')} export them`];
}

function timeoutAlarm(facts: UsageFacts): Judged {
  const [state, finding] = metrics(facts);
  if (state !== 'yes') return [state, `rules need the metrics: ${finding}`];
  return ['unknown', 'the metrics are there; whether Prometheus reads them with these rules cannot be seen from here'];
}

function alertReceivers({ workers }: UsageFacts): Judged {
  const jobs = workers.filter(({ queue }) => queue === 'jobs');
  const unknown = untold(jobs);
  if (unknown !== null) return unknown;
  const telling = jobs.filter(({ told }) => (told?.alertReceivers ?? 0) > 0);
  return [
    telling.length === jobs.length ? 'yes' : 'no',
    `${telling.length} of ${counted(jobs.length, 'living worker')} of jobs with a receiver`,
  ];
}

function retries({ steps, singleAttempts }: UsageFacts): Judged {
  if (steps === 0) return ['yes', 'no step has computer use'];
  return [singleAttempts === 0 ? 'yes' : 'no', `${singleAttempts} of ${counted(steps, 'step')} with one attempt alone`];
}

/** Above this share of runs near their limit, the limits are too tight. */
const nearShare = 0.05;

function room({ tightLoops, runs, reached80 }: UsageFacts): Judged {
  const near = `${reached80} of ${counted(runs, 'run')} used 80 % of their limit`;
  if (tightLoops > 0) return ['no', `${counted(tightLoops, 'loop')} without a minute beyond its budget; ${near}`];
  if (runs === 0) return ['unknown', 'attempts have room for their loops, and no run was recorded'];
  return [reached80 / runs < nearShare ? 'yes' : 'no', near];
}

function slots({ workers }: UsageFacts): Judged {
  const browsers = workers.filter(({ queue }) => queue === 'browser').reduce((sum, worker) => sum + worker.slots, 0);
  return [browsers >= 2 ? 'yes' : 'no', `${counted(browsers, 'browser')} at once on living workers`];
}

function ownWorkers({ workers }: UsageFacts): Judged {
  const serving = processesOf(workers);
  const own = serving.filter((process) =>
    workers.every((worker) => worker.process !== process || worker.queue === 'browser'),
  );
  return [
    serving.length > 0 && own.length === serving.length ? 'yes' : 'no',
    `${own.length} of ${counted(serving.length, 'process', 'processes')} with browsers serve nothing else`,
  ];
}

function spareWorker({ workers }: UsageFacts): Judged {
  const serving = processesOf(workers);
  return [
    serving.length >= 2 ? 'yes' : 'no',
    `${counted(serving.length, 'living process', 'living processes')} with browsers`,
  ];
}

function warm({ coldStarts, warmStarts }: UsageFacts): Judged {
  const told = coldStarts + warmStarts;
  if (told === 0) return ['unknown', 'no recorded run tells whether its browser was ready'];
  return [warmStarts * 2 >= told ? 'yes' : 'no', `${warmStarts} of the newest ${counted(told, 'run')} found one`];
}

function processesOf(workers: readonly LivingWorker[]): readonly string[] {
  return [...new Set(workers.filter(({ queue }) => queue === 'browser').map(({ process }) => process))];
}

/** What cannot be said, because there is no worker or it tells nothing. */
function untold(workers: readonly LivingWorker[]): Judged | null {
  if (workers.length === 0) return ['unknown', 'no worker lives that could tell'];
  const older = workers.filter(({ told }) => told === null).length;
  return older === 0 ? null : ['unknown', `${counted(older, 'living worker')} of an older version tell nothing of it`];
}
