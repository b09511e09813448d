/** Proposals of limits over HTTP. */
import { expect, test } from 'vitest';
import { JobUnattended } from '../../../../client/api/temporal-calls.ts';
import type { TuningMode } from '../../../../workflows/contract/limits/tuning.ts';
import { problemOf, testApi, type Api } from '../harness.ts';

const proposals = '/v1/limits/proposals';

async function proposed({ store }: Api, mode: Exclude<TuningMode, 'off'>): Promise<void> {
  const overrides = { ai: { attemptSeconds: 1200 } };
  const evidence = { recommendations: [{ kind: 'ai', runs: 500 }] };
  const proposal = { mode, base: 0, overrides, why: 'ai.attemptSeconds 900 → 1200', evidence, coolDownSeconds: 0 };
  await store.acrossTenants.limits.propose({ ...proposal, now: new Date() });
}

/** As the workflow does it that waits for the answer. */
function answeredByWorkflow({ limits, store }: Api): void {
  limits.onAnswer = async ({ proposal }, answer) => {
    await store.acrossTenants.limits.decide({ ...answer, proposal }, new Date());
    return { as: 'taken' };
  };
}

test('L17: a proposal is listed with its evidence, and approved once', async () => {
  const api = await testApi();
  await proposed(api, 'ask');
  answeredByWorkflow(api);
  expect(await (await api.ask(proposals)).json()).toMatchObject({
    proposals: [{ number: 1, state: 'open', evidence: { recommendations: [{ runs: 500 }] } }],
    next: null,
  });
  const approved = await api.post(`${proposals}/1/approve`, { by: 'ada', note: 'go' });
  expect(await approved.json()).toMatchObject({ state: 'approved', decidedBy: 'ada', note: 'go', version: 1 });
  expect(await (await api.ask('/v1/limits/versions')).json()).toMatchObject({ rollout: { candidate: 1, percent: 10 } });
  expect((await api.post(`${proposals}/1/deny`, {})).status).toBe(409);
  expect((await api.post(`${proposals}/7/deny`, {})).status).toBe(404);
});

test('L20: a proposal of a dry run cannot be approved, and the answer says how to be asked', async () => {
  const api = await testApi();
  await proposed(api, 'dry-run');
  const refused = await api.post(`${proposals}/1/approve`, {});
  expect(refused.status).toBe(409);
  expect((await problemOf(refused)).detail).toContain('LODESTONE_LIMITS_TUNING');
});

test('an answer that no worker takes is answered 503, and the proposal stays open', async () => {
  const api = await testApi();
  await proposed(api, 'ask');
  api.limits.onAnswer = async () => {
    throw new JobUnattended('no worker answered in time');
  };
  expect((await api.post(`${proposals}/1/approve`, {})).status).toBe(503);
  expect(await (await api.ask(proposals)).json()).toMatchObject({ proposals: [{ state: 'open' }] });
});
