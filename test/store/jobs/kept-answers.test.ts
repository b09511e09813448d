/** Answers that are kept for equal requests: for whom, for how long, and what keeps their content. */
import { describe, expect, it } from 'vitest';
import { after, world } from '../artifacts/content-world.ts';

const day = 24 * 3_600_000;

async function keptAnswer(days: number) {
  const here = await world();
  const { store } = here;
  const { sha256 } = await store.artifacts.putContent(Buffer.from('an answer that no file names'));
  const now = new Date();
  await store.keptAnswers.keep({ key: 'k', sha256, now, expiresAt: new Date(now.getTime() + days * day) });
  const find = (at: Date, since = new Date(0)): Promise<string | null> => store.keptAnswers.find('k', since, at);
  const has = async (): Promise<boolean> => (await store.artifacts.headContent(sha256)) !== null;
  return { ...here, sha256, now, find, has };
}

describe('L07: a kept answer', () => {
  it('is found until it expires, by its tenant and by its request alone', async () => {
    const { store, sha256, now, find } = await keptAnswer(3);
    expect(await find(now)).toBe(sha256);
    expect(await find(after(4))).toBeNull();
    expect(await find(now, after(0)), 'kept before what the step allows').toBeNull();
    expect(await store.keptAnswers.find('other', new Date(0), now)).toBeNull();
    expect(await store.stores.forTenant('another').keptAnswers.find('k', new Date(0), now)).toBeNull();
  });

  it('is replaced by a newer one', async () => {
    const { store, now, find } = await keptAnswer(3);
    const { sha256 } = await store.artifacts.putContent(Buffer.from('newer'));
    await store.keptAnswers.keep({ key: 'k', sha256, now, expiresAt: after(9) });
    expect(await find(after(5))).toBe(sha256);
  });

  it('keeps its content until it expires, and no longer', async () => {
    const { sweep, has } = await keptAnswer(3);
    await sweep(after(2));
    expect(await has()).toBe(true);
    await sweep(after(4));
    expect(await has()).toBe(false);
  });

  it('goes with the retention of files, when that comes first', async () => {
    const { store, sweep, has, find } = await keptAnswer(30);
    await store.acrossTenants.contentSweep.expireJobs({ days: 7, now: after(8), limit: 50 });
    expect(await find(after(8))).toBeNull();
    await sweep(after(8));
    expect(await has()).toBe(false);
  });
});
