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
  readonly now: () => Date;
  readonly log: Pick<Logger, 'info' | 'warn'>;
  readonly measure: (figures: SweepFigures) => void;
}

export interface SweepFigures {
  readonly contents: number;
  readonly bytes: number;
  readonly missing: number;
}

const parts = 256;
const everyMilliseconds = 300_000;
const patienceMilliseconds = 120_000;
const jobsAtOnce = 50;
const batchesAtOnce = 5;
/** Hashes in a line of the log. */
const toldAtOnce = 20;

/** Returns how many contents were removed. */
export async function sweepContents(dependencies: SweepDependencies, signal: AbortSignal): Promise<number> {
  const { sweep, now, log, measure } = dependencies;
  const expired = await expire(dependencies, signal);
  const swept = await sweep.sweep(partAt(now()), now(), signal);
  const contents = expired.contents + swept.contents;
  const bytes = expired.bytes + swept.bytes;
  measure({ contents, bytes, missing: swept.missing.length });
  const { jobs, batches } = expired;
  const { unfinished, missing } = swept;
  if (contents + jobs + batches + unfinished > 0) {
    log.info('files were removed', { jobs, batches, contents, bytes, unfinished });
  }
  if (missing.length > 0) {
    log.warn('files are missing from the store', { count: missing.length, sha256: missing.slice(0, toldAtOnce) });
  }
  return contents;
}

async function expire({ sweep, days, now }: SweepDependencies, signal: AbortSignal) {
  if (days === undefined) return { jobs: 0, batches: 0, contents: 0, bytes: 0 };
  const until = now().getTime() + patienceMilliseconds;
  const repeated = async (once: ContentSweep['expireJobs'], limit: number): Promise<ExpiredContents> => {
    const total = { owners: 0, contents: 0, bytes: 0 };
    for (let more = true; more && now().getTime() < until;) {
      signal.throwIfAborted();
      const { owners, contents, bytes } = await once({ days, now: now(), limit });
      total.owners += owners;
      total.contents += contents;
      total.bytes += bytes;
      more = owners === limit;
    }
    return total;
  };
  const jobs = await repeated((request) => sweep.expireJobs(request), jobsAtOnce);
  const batches = await repeated((request) => sweep.expireBatches(request), batchesAtOnce);
  return {
    jobs: jobs.owners,
    batches: batches.owners,
    contents: jobs.contents + batches.contents,
    bytes: jobs.bytes + batches.bytes,
  };
}

/** The first two digits of the hashes that are looked at: the next ones at each look. */
function partAt(now: Date): string {
  return (Math.floor(now.getTime() / everyMilliseconds) % parts).toString(16).padStart(2, '0');
}
