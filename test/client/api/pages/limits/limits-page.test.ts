/** The page of limits. */
import { expect, test } from 'vitest';
import { testApi, type Api } from '../../harness.ts';

const form = (fields: Record<string, string>) => ({
  method: 'POST',
  body: new URLSearchParams(fields),
  headers: { 'content-type': 'application/x-www-form-urlencoded', accept: 'text/html' },
});

async function pageOf({ ask }: Api): Promise<string> {
  return (await ask('/limits', { headers: { accept: 'text/html' } })).text();
}

async function asked({ store, limits }: Api): Promise<void> {
  const evidence = {
    recommendations: [{ kind: 'ai', limit: 'attemptSeconds', runs: 512, reason: 'p99 is <b>800</b> s' }],
  };
  const overrides = { ai: { attemptSeconds: 1200 } };
  const proposal = { mode: 'ask', base: 0, overrides, why: 'ai.attemptSeconds 900 → 1200', evidence } as const;
  await store.acrossTenants.limits.propose({ ...proposal, coolDownSeconds: 0, now: new Date() });
  limits.onAnswer = async (open, answer) => {
    await store.acrossTenants.limits.decide({ ...answer, proposal: open.proposal }, new Date());
    return { as: 'taken' };
  };
}

test('L17: the page of limits shows a proposal with its evidence, takes the answer, and shows the trial with its figures', async () => {
  const api = await testApi();
  expect(await pageOf(api)).toContain('New jobs get the built-in table');
  await asked(api);
  const open = await pageOf(api);
  expect(open).toContain('900 → 1200');
  expect(open).toContain('from 512 runs: p99 is &lt;b&gt;800&lt;/b&gt; s');
  const answered = await api.ask('/limits/proposals/1', form({ decision: 'approve', note: 'go' }));
  expect([answered.status, answered.headers.get('location')]).toEqual([303, '/limits']);
  const tried = await pageOf(api);
  expect(tried).toContain('Version 1 is being tried');
  expect(tried).toContain('No decision before the canary is 15 minutes old.');
  expect(tried).not.toContain('waits for an answer');
  // A button of a page that shows an earlier state changes nothing.
  expect((await api.ask('/limits/rollback', form({ revision: '0' }))).status).toBe(409);
  expect(await pageOf(api)).toContain('is being tried');
  const revision = /name="revision" value="(\d+)"/.exec(tried)?.[1] ?? '';
  await api.ask('/limits/rollback', form({ revision }));
  const back = await pageOf(api);
  expect(back).not.toContain('is being tried');
  expect(back).toContain('rolled back');
});

test('an answer on the page that came too late shows what became of the proposal', async () => {
  const api = await testApi();
  await asked(api);
  await api.ask('/limits/proposals/1', form({ decision: 'deny' }));
  expect((await api.ask('/limits/proposals/1', form({ decision: 'approve' }))).status).toBe(303);
  expect(await pageOf(api)).toContain('denied by the page of limits');
  expect((await api.ask('/limits/proposals/1', form({ decision: 'perhaps' }))).status).toBe(400);
});
