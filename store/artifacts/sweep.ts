/**
 * Removes content that nothing needs, a part of all hashes at a time. A writer names its content right after putting it;
 * what has no name after the grace time was left behind. The same content put again meanwhile is spared by the port. While a
 * backup holds off the removal, content stays, and the next look at its part removes it.
 */
import type { Database } from '../database/database.ts';
import type { Contents, ListedContent } from './contents.ts';
import { areContentsHeld } from './content-holds.ts';
import { forgetAnswersBefore, forgetExpiredAnswers } from '../jobs/kept-answers.ts';
import { forgetLeftOver } from './left-over.ts';
import { neededContents, shownContents } from './references.ts';
import {
  bytesOfExperiments,
  expireExperiments,
  forgetUploads,
  overContents,
  releaseContent,
} from '../experiments/experiment-retention.ts';
import { expireBatches, expireJobs, type Expired, type ExpiryRequest } from './retention.ts';

/** Far longer than a writer takes from putting content to naming it. */
const graceMilliseconds = 24 * 3_600_000;
/**
 * Of what experiments made: each content has its row right after it was put, and the disk budget could not wait for a day.
 */
const experimentGraceMilliseconds = 600_000;
const dayMilliseconds = 24 * 3_600_000;
const atOnce = 500;

export interface Removed {
  readonly contents: number;
  readonly bytes: number;
}

export interface ExpiredContents extends Removed {
  /** Jobs, or batches. */
  readonly owners: number;
}

export interface Swept extends Removed {
  /** Writes that were never finished. */
  readonly unfinished: number;
  /** Hashes of files and outputs whose content is not there. They are reported, and nothing else is done about them. */
  readonly missing: readonly string[];
}

/** Works across tenants. */
export interface ContentSweep {
  /** Ends the keeping of some jobs' files and removes what nothing else needs. */
  expireJobs(request: ExpiryRequest): Promise<ExpiredContents>;
  /** The same for the large outputs of some batches. */
  expireBatches(request: ExpiryRequest): Promise<ExpiredContents>;
  /** The same for the files of some experiments; 0 days is for the disk budget, which takes the longest ended first. */
  expireExperiments(request: ExpiryRequest): Promise<ExpiredContents>;
  /** Removes what ended rounds and experiments have left in flight, and uploads that no experiment needs. */
  releaseExperiments(now: Date): Promise<Removed>;
  /** Bytes of the files that experiments keep. */
  experimentBytes(): Promise<number>;
  /** Checks all content whose hash begins with the prefix; before that, the rows that keep such content without need. */
  sweep(prefix: string, now: Date, signal: AbortSignal): Promise<Swept>;
}

export function createContentSweep(database: Database, contents: Contents): ContentSweep {
  const removeUnneeded = async (
    found: readonly ListedContent[],
    now: Date,
    grace = graceMilliseconds,
  ): Promise<Removed> => {
    const before = new Date(now.getTime() - grace);
    const old = found.filter(({ putAt }) => putAt < before);
    const needed = await neededContents(
      database,
      old.map(({ sha256 }) => sha256),
    );
    if (await areContentsHeld(database)) return { contents: 0, bytes: 0 };
    let removed = 0;
    let bytes = 0;
    for (const content of old) {
      if (needed.has(content.sha256) || !(await contents.remove(content.sha256, before))) continue;
      removed += 1;
      bytes += content.bytes;
    }
    return { contents: removed, bytes };
  };

  const removeExpired = async ({ ids, hashes }: Expired, now: Date, grace?: number): Promise<ExpiredContents> => {
    let removed: Removed = { contents: 0, bytes: 0 };
    for (let start = 0; start < hashes.length; start += atOnce) {
      const listed = await listedOf(hashes.slice(start, start + atOnce));
      removed = sum(removed, await removeUnneeded(listed, now, grace));
    }
    return { owners: ids.length, ...removed };
  };

  const listedOf = async (hashes: readonly string[]): Promise<readonly ListedContent[]> => {
    const found = await Promise.all(hashes.map(async (sha256) => ({ sha256, head: await contents.head(sha256) })));
    return found.flatMap(({ sha256, head }) => (head === null ? [] : [{ sha256, ...head }]));
  };

  return {
    async expireJobs(request) {
      await forgetAnswersBefore(database, new Date(request.now.getTime() - request.days * dayMilliseconds));
      return removeExpired(await expireJobs(database, request), request.now);
    },
    expireBatches: async (request) => removeExpired(await expireBatches(database, request), request.now),
    expireExperiments: async (request) =>
      removeExpired(await expireExperiments(database, request), request.now, experimentGraceMilliseconds),
    async releaseExperiments(now) {
      const before = new Date(now.getTime() - experimentGraceMilliseconds);
      const over = await overContents(database, before, atOnce);
      const listed = await listedOf([...new Set(over.map(({ sha256 }) => sha256))]);
      // Content that was put again a moment ago keeps its row until the next look.
      const young = new Set(listed.filter(({ putAt }) => putAt >= before).map(({ sha256 }) => sha256));
      for (const held of over) if (!young.has(held.sha256)) await releaseContent(database, held);
      const released = await removeUnneeded(listed, now, experimentGraceMilliseconds);
      const hashes = await forgetUploads(database, now);
      return sum(released, await removeExpired({ ids: [], hashes }, now));
    },
    experimentBytes: () => bytesOfExperiments(database),
    async sweep(prefix, now, signal) {
      const acceptedBy = new Date(now.getTime() - graceMilliseconds);
      await forgetExpiredAnswers(database, now);
      await forgetLeftOver(database, { prefix, acceptedBy, now }, signal);
      const listed = new Set<string>();
      let removed: Removed = { contents: 0, bytes: 0 };
      let page: ListedContent[] = [];
      for await (const content of contents.list(prefix)) {
        signal.throwIfAborted();
        listed.add(content.sha256);
        page.push(content);
        if (page.length < atOnce) continue;
        removed = sum(removed, await removeUnneeded(page, now));
        page = [];
      }
      removed = sum(removed, await removeUnneeded(page, now));
      const unfinished = await contents.removeUnfinished(prefix, acceptedBy);
      return { ...removed, unfinished, missing: await missing(prefix, listed, signal) };
    },
  };

  async function missing(prefix: string, listed: ReadonlySet<string>, signal: AbortSignal): Promise<readonly string[]> {
    const gone: string[] = [];
    for (let after = ''; ;) {
      signal.throwIfAborted();
      const shown = await shownContents(database, { prefix, after, limit: atOnce });
      for (const sha256 of shown) {
        // Content that was put after the listing exists.
        if (!listed.has(sha256) && (await contents.head(sha256)) === null) gone.push(sha256);
      }
      const last = shown.at(-1);
      if (last === undefined) return gone;
      after = last;
    }
  }
}

function sum(one: Removed, other: Removed): Removed {
  return { contents: one.contents + other.contents, bytes: one.bytes + other.bytes };
}
