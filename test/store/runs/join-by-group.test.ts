/** Reports keep no more groups than can be handed to a thread. */
import { expect, it } from 'vitest';
import { joinByGroup } from '../../../store/runs/join-by-group.ts';
import { analyse } from '../../../workflows/contract/insights/analysis.ts';
import { summariesOf } from '../../../workflows/contract/insights/run-tally.ts';
import { runsOf } from '../../support/runs/run-of.ts';

it('L01: the groups with the most runs are kept, and the runs of all others are counted as a rest by kind of work', async () => {
  const runs = runsOf(2000, (number) => ({
    leadMagnet: number % 2 === 0 ? 'large' : `small-${number}`,
    work: number % 5 === 0 ? 'render' : 'ai',
    durationMs: number,
  }));
  const summaries = summariesOf(runs);
  const kept = await joinByGroup(summaries, 2);
  const names = kept.map(({ group, runs: count }) => [group.leadMagnet, group.work, count]);
  expect(names).toEqual([
    ['large', 'ai', 800],
    ['large', 'render', 200],
    ['other', 'ai', 800],
    ['other', 'render', 200],
  ]);
  expect(analyse(kept, 'kind').total).toEqual(analyse(summaries, 'kind').total);
});
