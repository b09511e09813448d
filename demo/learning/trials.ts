/**
 * The two trials of the demo: a change that harms nothing, proposed from real jobs and tried on real ones, and one that ends long
 * reports. The hours of each trial are recorded jobs, and the clock of the tuning is set ahead.
 */
import { answerOf, type Api } from '../../client/cli/api/client.ts';
import type { Store, Stores } from '../../store/store.ts';
import type { GuardResult, TuningResult } from '../../workflows/contract/limits/tuning.ts';
import type { JsonObject } from '../../workflows/contract/json/json.ts';
import { pinChecks, type Check } from './checks.ts';
import { runShortJobs } from './real-jobs.ts';
import { recordJobs, type RecordedJobs } from './recorded-jobs.ts';
import { definitionOf, reportsOf, shortJobsAt, type Places } from './situations.ts';
import type { TuningLooks } from './tuning-looks.ts';

export interface TrialParts {
  readonly api: Api;
  readonly stores: Stores;
  readonly store: Store;
  readonly looks: TuningLooks;
  readonly places: Places;
  readonly say: (line: string) => void;
}

export interface TrialReport {
  readonly checks: readonly Check[];
  readonly realJobs: number;
  readonly recordedJobs: number;
  /** When it ended, by the clock of the tuning. */
  readonly endedAt: Date;
}

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
const limitsPage = '/limits';
/** Of the trial: they show that new jobs get their version. */
const realTrialJobs = 40;

/** `medianMs`: of the real runs that it was proposed from. */
export async function goodTrial(parts: TrialParts, medianMs: number): Promise<TrialReport> {
  const { api, stores, store, looks, places, say } = parts;
  say('The tuning looks at the real runs …');
  const proposed = await looks.now();
  const trial = await stores.acrossTenants.limits.rollout();
  const began = trial.beganAt === null ? new Date() : new Date(trial.beganAt);
  say(`${realTrialJobs} real jobs while the version is tried …`);
  const jobs = await runShortJobs(api, shortJobsAt(places).slug, realTrialJobs);
  const pinned = await Promise.all(
    jobs.map(async ({ id, limitsVersion }) => ({
      limitsVersion,
      hashedVersion: (await store.pinnedLimits.forNewJob(id))?.version ?? 0,
    })),
  );
  const early = await looks.now();
  say('Hours of jobs like them are recorded, and the guard looks …');
  const watched = await watchTrial(parts, {
    name: 'short',
    definition: definitionOf(shortJobsAt(places), places),
    fromMs: began.getTime() + 10 * minuteMs,
    jobsAtOnce: 500,
    runOf: (index) => ({ durationMs: Math.round(medianMs * spread(index)), outcome: 'succeeded' }),
  });
  const after = await runShortJobs(api, shortJobsAt(places).slug, 3);
  const candidate = trial.candidate ?? -1;
  return {
    checks: [
      proposalCheck(proposed, 'webhook.attemptSeconds 45 → 35'),
      ...pinChecks(pinned, { ...trial, candidate }),
      {
        what: 'the guard waits for 15 minutes and enough runs, whatever the first ones show',
        expected: 'continue',
        seen: `${early.guard.state}: ${early.guard.reason}`,
        ok: early.guard.state === 'continue',
        page: limitsPage,
      },
      endCheck(watched, 'promoted'),
      await auditCheck(api, 'promoted', candidate),
      newJobsCheck(after, candidate),
    ],
    realJobs: jobs.length + after.length,
    recordedJobs: watched.recorded,
    endedAt: watched.endedAt,
  };
}

/** Evenly from 0.7 to 1.3: what a loaded machine adds now and then would make the trial longer than a demo can be. */
function spread(index: number): number {
  return 0.7 + 0.6 * ((index * 0.618_033_988_75) % 1);
}

/** Long reports need more than the shorter limit that the short ones recommend. */
const longReportMs = 130_000;
const longReportEvery = 8;

export async function badTrial(parts: TrialParts, begin: Date): Promise<TrialReport> {
  const { api, stores, store, looks, places, say } = parts;
  const definition = definitionOf(reportsOf(), places);
  say('A day of short reports is recorded, and the tuning looks …');
  const seen = { definition, everyMs: 3.5 * minuteMs, first: 0, count: 400 };
  const runOf: RecordedJobs['runOf'] = (index) => ({
    durationMs: 1000 + ((index * 37) % 100) * 20,
    outcome: 'succeeded',
  });
  await recordJobs(store, { ...seen, name: 'reports', fromMs: begin.getTime() + hourMs, runOf });
  const proposed = await looks.at(new Date(begin.getTime() + 25 * hourMs));
  const trial = await stores.acrossTenants.limits.rollout();
  const began = trial.beganAt === null ? new Date() : new Date(trial.beganAt);
  say('Long reports come while the version is tried …');
  const watched = await watchTrial(parts, {
    name: 'long_reports',
    definition,
    fromMs: began.getTime() + minuteMs,
    jobsAtOnce: 250,
    runOf: (index, attemptSeconds) => reportRun(index, attemptSeconds),
  });
  const after = await runShortJobs(api, shortJobsAt(places).slug, 3);
  return {
    checks: [
      proposalCheck(proposed, 'render.attemptSeconds 150 → 110'),
      endCheck(watched, 'rolled_back'),
      await auditCheck(api, 'rolled_back', trial.candidate ?? -1),
      newJobsCheck(after, trial.stable),
    ],
    realJobs: after.length,
    recordedJobs: watched.recorded + seen.count,
    endedAt: watched.endedAt,
  };
}

/** As a worker would run it: an attempt that takes longer than its limit is cut off, and tried again. */
function reportRun(index: number, attemptSeconds: number): ReturnType<RecordedJobs['runOf']> {
  const neededMs = index % longReportEvery === 0 ? longReportMs : 1000 + ((index * 37) % 100) * 20;
  const attemptMs = attemptSeconds * 1000;
  return neededMs <= attemptMs
    ? { durationMs: neededMs, outcome: 'succeeded' }
    : { durationMs: renderAttempts * attemptMs, outcome: 'timed_out' };
}
const renderAttempts = 5;

interface WatchedTrial {
  readonly guard: GuardResult;
  readonly recorded: number;
  readonly tried: number;
  readonly endedAt: Date;
}

interface TrialJobs extends Pick<RecordedJobs, 'name' | 'definition' | 'fromMs' | 'runOf'> {
  readonly definition: JsonObject;
  /** Between two looks. */
  readonly jobsAtOnce: number;
}

const hoursBetweenLooks = 2;
const mostLooks = 12;

/** Records jobs and looks, in turn, until the guard has decided. */
async function watchTrial({ stores, store, looks, say }: TrialParts, jobs: TrialJobs): Promise<WatchedTrial> {
  const { candidate } = await stores.acrossTenants.limits.rollout();
  const { jobsAtOnce: count } = jobs;
  const everyMs = (hoursBetweenLooks * hourMs) / count;
  let tried = 0;
  for (let look = 1; ; look += 1) {
    const fromMs = jobs.fromMs + (look - 1) * hoursBetweenLooks * hourMs;
    const versions = await recordJobs(store, { ...jobs, fromMs, everyMs, first: (look - 1) * count, count });
    tried += candidate === null ? 0 : (versions.get(candidate) ?? 0);
    const endedAt = new Date(fromMs + hoursBetweenLooks * hourMs + 20 * minuteMs);
    const { guard } = await looks.at(endedAt);
    say(
      `  look ${look}, after ${look * count} recorded jobs, ${tried} of them with the version that is tried: ${guard.state}`,
    );
    if (guard.state !== 'continue' || look === mostLooks) return { guard, recorded: look * count, tried, endedAt };
  }
}

function proposalCheck({ proposal }: TuningResult, wanted: string): Check {
  return {
    what: 'the tuning proposes a change and begins to try it',
    expected: `applied: ${wanted}`,
    seen: proposal === null ? 'no proposal' : `${proposal.state}: ${proposal.reason}`,
    ok: proposal?.state === 'applied' && proposal.reason === wanted,
    page: limitsPage,
  };
}

function endCheck({ guard, recorded, tried }: WatchedTrial, wanted: 'promoted' | 'rolled_back'): Check {
  return {
    what:
      wanted === 'promoted'
        ? 'the good change is taken for all jobs by itself'
        : 'the bad change is rolled back by itself',
    expected: wanted,
    seen: `${guard.state}: ${guard.reason} (${recorded} recorded jobs, ${tried} of them with it)`,
    ok: guard.state === wanted && guard.reason !== '',
    page: limitsPage,
  };
}

async function auditCheck(api: Api, action: 'promoted' | 'rolled_back', version: number): Promise<Check> {
  const { entries } = await answerOf(api.GET('/v1/limits/audit', { params: { query: { limit: 1 } } }));
  const [entry] = entries;
  return {
    what: 'the audit log tells it, with the reason',
    expected: `tuning: ${action} version ${version}`,
    seen: entry === undefined ? 'no entry' : `${entry.who}: ${entry.action} version ${entry.version}: ${entry.why}`,
    ok: entry?.who === 'tuning' && entry.action === action && entry.version === version && entry.why !== '',
    page: limitsPage,
  };
}

function newJobsCheck(jobs: readonly { readonly limitsVersion: number }[], version: number): Check {
  const versions = jobs.map(({ limitsVersion }) => limitsVersion);
  return {
    what: 'new real jobs get the version in force',
    expected: `version ${version}`,
    seen: `versions ${versions.join(', ')}`,
    ok: versions.every((one) => one === version),
  };
}
