/** The version of limits that a job is accepted with. */
import { expect, test } from 'vitest';
import { problemOf, saveSmall, testApi } from '../harness.ts';

const change = { who: 'ada', why: 'slow', now: new Date(), parent: null };

test('L17: a job keeps the version of limits that it was accepted with, also when Temporal gets it later', async () => {
  const { store, post, ask, temporal } = await testApi();
  const { limits } = store.acrossTenants;
  await saveSmall(store);
  await limits.set({ ...change, change: { ai: { attempts: 5 } } });
  temporal.reachable = false;
  const refused = await post('/v1/lead-magnets/test/submissions', { form: { email: 'ada@example.com' } });
  const { jobId } = await problemOf(refused);
  await limits.set({ ...change, change: { ai: { attempts: 6 } } });
  const [left] = await store.acrossTenants.jobsNotHandedOver(new Date(Date.now() + 60_000), 10);
  expect(left?.input.limits).toEqual({ version: 1, overrides: { ai: { attempts: 5 } } });
  expect(await (await ask(`/v1/jobs/${jobId}`)).json()).toMatchObject({ limitsVersion: 1 });
  expect(await (await ask(`/jobs/${jobId}`, { headers: { accept: 'text/html' } })).text()).toContain('version 1');
});

test('a job that is accepted with the built-in table says so', async () => {
  const { acceptedJob, ask } = await testApi();
  const job = await acceptedJob();
  expect(await (await ask(`/v1/jobs/${job}`)).json()).toMatchObject({ limitsVersion: 0 });
});
