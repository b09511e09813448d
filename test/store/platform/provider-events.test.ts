import { expect, test } from 'vitest';
import { temporaryStore } from '../../support/temporary-store.ts';

test('an ended response is recorded once, and found by the call that it answers', async () => {
  const {
    acrossTenants: { providerEvents: events },
  } = await temporaryStore();
  expect(await events.newestAt()).toBeNull();
  await events.record({ responseId: 'resp_1', type: 'response.completed', now: 1000 });
  await events.record({ responseId: 'resp_1', type: 'response.completed', now: 2000 });
  await events.record({ responseId: 'resp_2', type: 'response.failed', now: 1500 });
  expect(await events.newestAt()).toBe(1500);
  expect(await events.ended(['resp_1', 'resp_3'])).toEqual(['resp_1']);
  expect(await events.unnamed(10)).toEqual(['resp_2', 'resp_1']);
  await events.name('resp_1', 'call-a');
  await events.name('resp_2', null);
  expect(await events.unnamed(10)).toEqual([]);
  expect(await events.responseTo('call-a')).toBe('resp_1');
  expect(await events.responseTo('call-b')).toBeNull();
});

test('responses that a model call has already are not looked up', async () => {
  const {
    acrossTenants: { providerEvents: events },
    modelCalls,
  } = await temporaryStore();
  const usage = { modelCalls: 1, inputTokens: 1, cachedInputTokens: 0, outputTokens: 1, costUsd: 0 };
  await modelCalls.record({ responseId: 'resp_1', key: 'k', jobId: 'j', stepId: 's', model: 'm', usage });
  await events.record({ responseId: 'resp_1', type: 'response.completed', now: 1000 });
  await events.record({ responseId: 'resp_2', type: 'response.completed', now: 1000 });
  expect(await events.unnamed(10)).toEqual(['resp_2']);
});

test('old events are forgotten', async () => {
  const {
    acrossTenants: { providerEvents: events },
  } = await temporaryStore();
  await events.record({ responseId: 'resp_1', type: 'response.completed', now: 1000 });
  await events.record({ responseId: 'resp_2', type: 'response.completed', now: 2000 });
  await events.discardBefore(2000);
  expect(await events.ended(['resp_1', 'resp_2'])).toEqual(['resp_2']);
});
