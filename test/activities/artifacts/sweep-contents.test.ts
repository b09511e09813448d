import { expect, it } from 'vitest';
import { sweepContents, type SweepFigures } from '../../../activities/artifacts/sweep-contents.ts';
import type { ContentSweep, ExpiredContents } from '../../../store/artifacts/sweep.ts';

const { signal } = new AbortController();

/** A sweep over so many ended jobs with a file each, in a store that has one orphan in every part. */
function fakeSweep(jobs: number, batches = 0, experiments = 0) {
  const prefixes: string[] = [];
  const expire =
    (left: number) =>
    async ({ limit }: { limit: number }): Promise<ExpiredContents> => {
      const owners = Math.min(left, limit);
      left -= owners;
      return { owners, contents: owners, bytes: owners * 10 };
    };
  const contentSweep: ContentSweep = {
    expireJobs: expire(jobs),
    expireBatches: expire(batches),
    async expireExperiments({ days }) {
      if (experiments === 0 || days > 0) return { owners: 0, contents: 0, bytes: 0 };
      experiments -= 1;
      return { owners: 1, contents: 2, bytes: 10 };
    },
    releaseExperiments: async () => ({ contents: 0, bytes: 0 }),
    experimentBytes: async () => experiments * 10,
    async sweep(prefix) {
      prefixes.push(prefix);
      return { contents: 1, bytes: 7, unfinished: 0, missing: ['aa'] };
    },
  };
  const figures: SweepFigures[] = [];
  const lines: string[] = [];
  const write = (line: string) => void lines.push(line);
  const look = (now: Date, days?: number) =>
    sweepContents(
      {
        sweep: contentSweep,
        days,
        experimentBytes: 30,
        now: () => now,
        log: { info: write, warn: write },
        measure: (measured) => figures.push(measured),
      },
      signal,
    );
  return { look, prefixes, figures, lines };
}

it('removes nothing by age as long as no retention is set, and reports what it found', async () => {
  const { look, figures, lines } = fakeSweep(120);
  expect(await look(new Date())).toBe(1);
  expect(figures).toEqual([{ contents: 1, bytes: 7, missing: 1, experimentBytes: 0 }]);
  expect(lines).toEqual(['files were removed', 'files are missing from the store']);
});

it('takes all jobs and batches whose time is over, some at a time', async () => {
  const { look, figures } = fakeSweep(120, 12);
  expect(await look(new Date(), 30)).toBe(133);
  expect(figures).toEqual([{ contents: 133, bytes: 1327, missing: 1, experimentBytes: 0 }]);
});

it('looks at all content in the looks of a day', async () => {
  const { look, prefixes } = fakeSweep(0);
  for (let minutes = 0; minutes < 24 * 60; minutes += 5) await look(new Date(minutes * 60_000));
  expect(new Set(prefixes).size).toBe(256);
  expect(prefixes.every((prefix) => /^[0-9a-f]{2}$/.test(prefix))).toBe(true);
});

it('removes the files of experiments, one after the other, until they are within the disk budget', async () => {
  const { look, figures, lines } = fakeSweep(0, 0, 5);
  expect(await look(new Date())).toBe(5);
  expect(figures).toEqual([{ contents: 5, bytes: 27, missing: 1, experimentBytes: 30 }]);
  expect(lines).toEqual(['files were removed', 'files are missing from the store']);
});
