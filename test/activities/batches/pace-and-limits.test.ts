import { describe, expect, it } from 'vitest';
import { itemRequest } from '../../../activities/batches/partition/item-request.ts';
import { PollPace } from '../../../activities/batches/partition/poll-pace.ts';
import { createLatestLimits } from '../../../activities/batches/reported-limits.ts';
import { batchDefinition } from '../../support/batches/batches.ts';

/** Looks for an answer that takes so long; returns how often it looked and when it found it. */
function lookFor(pace: PollPace, latency: number): { looks: number; found: number } {
  let elapsed = 0;
  for (let looks = 1; ; looks += 1) {
    elapsed += pace.wait(elapsed);
    if (elapsed < latency) continue;
    pace.found(elapsed, looks === 1);
    return { looks, found: elapsed };
  }
}

describe('the pace of looking for answers', () => {
  it.each([60, 300, 1000, 8000, 60_000])(
    'learns answers that take %i ms: few looks, and little time lost',
    (latency) => {
      const pace = new PollPace();
      for (let count = 0; count < 30; count += 1) lookFor(pace, latency);
      const runs = Array.from({ length: 20 }, () => lookFor(pace, latency));
      const looks = runs.reduce((sum, run) => sum + run.looks, 0) / runs.length;
      const found = runs.reduce((sum, run) => sum + run.found, 0) / runs.length;
      expect(looks).toBeLessThan(4);
      expect(found).toBeLessThan(latency * 1.12 + 45);
    },
  );

  it('follows answers that have become faster', () => {
    const pace = new PollPace();
    for (let count = 0; count < 10; count += 1) lookFor(pace, 30_000);
    for (let count = 0; count < 150; count += 1) lookFor(pace, 500);
    expect(lookFor(pace, 500).found).toBeLessThan(700);
  });
});

describe('what an item asks', () => {
  it('P26: has a bound of its tokens that no text exceeds: a byte each', () => {
    const word = '🜲'.repeat(100);
    const { request, mostInputTokens, likelyInputTokens } = itemRequest(batchDefinition(), { word }, 60);
    expect(request.input).toEqual([{ type: 'text', text: `Say ${word}` }]);
    expect(request).toMatchObject({ maxOutputTokens: 16, timeoutMilliseconds: 60_000 });
    expect(mostInputTokens).toBe(4 + 400 + 200);
    expect(likelyInputTokens).toBeLessThan(mostInputTokens);
  });
});

describe("the limits in an answer's headers", () => {
  it('are kept until they are taken, and are nothing when they are not there', () => {
    const box = createLatestLimits();
    box.put('m', new Headers({ 'x-ratelimit-limit-requests': '500', 'x-ratelimit-remaining-requests': '499' }));
    expect(box.take('m')).toEqual({ requests: { limit: 500, remaining: 499 }, tokens: null });
    expect(box.take('m')).toBeNull();
    box.put('m', new Headers({ 'x-ratelimit-limit-tokens': 'many' }));
    expect(box.take('m')).toBeNull();
  });
});
