/**
 * The regular removal of files: by the retention first, then of content that nothing needs. A look takes two minutes at
 * most and goes on where the time has brought it: each look has one of the 256 parts of all content, so that a day has all.
 */
import type { Logger } from '@temporalio/common';
import type { ContentSweep, ExpiredContents } from '../../store/artifacts/sweep.ts';

export interface SweepDependencies {
  readonly sweep: ContentSweep;
  /** Days that the files of ended jobs and batches are kept; undefined keeps them for ever. */
  readonly days: number | undefined;
  /** Bytes that experiments may keep: above them the files of those that ended first are removed. */
  readonly experimentBytes: number;
  readonly now: () => Date;
  readonly log: Pick<Logger, 'info' | 'warn'>;
  readonly measure: (figures: SweepFigures) => void;
}

export interface SweepFigures {
  readonly contents: number;
  readonly bytes: number;
  readonly missing: number;
  /** Bytes that experiments keep, after the look. */
  readonly experimentBytes: number;
}

const parts = 256;
const everyMilliseconds = 300_000;
const patienceMilliseconds = 120_000;
const jobsAtOnce = 50;
const batchesAtOnce = 5;
const experimentsAtOnce = 50;
/** Hashes in a line of the log. */
const toldAtOnce = 20;

/** Returns how many contents were removed. */
export async function sweepContents(dependencies: SweepDependencies, signal: AbortSignal): Promise<number> {
  const { sweep, now, log, measure } = dependencies;
  const expiry = createExpiry(dependencies, signal);
  const { jobs, batches, experiments } = await expireByAge(dependencies, expiry);
  const released = await sweep.releaseExperiments(now());
  const cut = await keepExperimentBudget(dependencies, expiry);
  const swept = await sweep.sweep(partAt(now()), now(), signal);
  const removals = [jobs, batches, experiments, released, cut, swept];
  const contents = removals.reduce((sum, removal) => sum + removal.contents, 0);
  const bytes = removals.reduce((sum, removal) => sum + removal.bytes, 0);
  measure({ contents, bytes, missing: swept.missing.length, experimentBytes: await sweep.experimentBytes() });
  const owners = { jobs: jobs.owners, batches: batches.owners, experiments: experiments.owners + cut.owners };
  const { unfinished, missing } = swept;
  if (contents + owners.jobs + owners.batches + owners.experiments + unfinished > 0) {
    log.info('files were removed', { ...owners, contents, bytes, unfinished });
  }
  if (missing.length > 0) {
    log.warn('files are missing from the store', { count: missing.length, sha256: missing.slice(0, toldAtOnce) });
  }
  return contents;
}

type Expire = ContentSweep['expireJobs'];
/** Ends the keeping of the files of all owners that are due, some at a time, as long as a look may take. */
type Expiry = (
  once: Expire,
  request: { readonly days: number; readonly limit: number; readonly isEnough?: () => Promise<boolean> },
) => Promise<ExpiredContents>;

function createExpiry({ now }: SweepDependencies, signal: AbortSignal): Expiry {
  const until = now().getTime() + patienceMilliseconds;
  return async (once, { days, limit, isEnough }) => {
    const total = { owners: 0, contents: 0, bytes: 0 };
    for (let more = true; more && now().getTime() < until;) {
      signal.throwIfAborted();
      if ((await isEnough?.()) === true) break;
      const { owners, contents, bytes } = await once({ days, now: now(), limit });
      total.owners += owners;
      total.contents += contents;
      total.bytes += bytes;
      more = owners === limit;
    }
    return total;
  };
}

async function expireByAge({ sweep, days }: SweepDependencies, expiry: Expiry) {
  const nothing = { owners: 0, contents: 0, bytes: 0 };
  if (days === undefined) return { jobs: nothing, batches: nothing, experiments: nothing };
  return {
    jobs: await expiry((request) => sweep.expireJobs(request), { days, limit: jobsAtOnce }),
    batches: await expiry((request) => sweep.expireBatches(request), { days, limit: batchesAtOnce }),
    experiments: await expiry((request) => sweep.expireExperiments(request), { days, limit: experimentsAtOnce }),
  };
}

/** Removes the files of the experiments that ended first, one after the other, until the rest is within the budget. */
async function keepExperimentBudget(
  { sweep, experimentBytes: most, log }: SweepDependencies,
  expiry: Expiry,
): Promise<ExpiredContents> {
  const isEnough = async (): Promise<boolean> => (await sweep.experimentBytes()) <= most;
  const cut = await expiry((request) => sweep.expireExperiments(request), { days: 0, limit: 1, isEnough });
  if (!(await isEnough())) log.warn('the files of experiments of the last hour are above LODESTONE_EXPERIMENT_GIB');
  return cut;
}

/** The first two digits of the hashes that are looked at: the next ones at each look. */
function partAt(now: Date): string {
  return (Math.floor(now.getTime() / everyMilliseconds) % parts).toString(16).padStart(2, '0');
}
