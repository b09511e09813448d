import { ActivityCancellationDetails } from '@temporalio/common';
import { describe, expect, it } from 'vitest';
import { createWriteCode } from '../../../../activities/experiments/rounds/write-code.ts';
import { failure } from '../../../../activities/failure.ts';
import { createPaidCalls } from '../../../../activities/llm/paid-call.ts';
import type { Model } from '../../../../activities/ports.ts';
import { experimentLimits } from '../../../../workflows/contract/experiments/limits.ts';
import { ExperimentSpecSchema } from '../../../../workflows/contract/experiments/spec.ts';
import { defaultTenant } from '../../../../workflows/contract/names.ts';
import type { JsonObject } from '../../../../workflows/contract/json/json.ts';
import { FakeClock } from '../../../support/fake-clock.ts';
import { activityPlace } from '../../../support/jobs/activity-inputs.ts';
import { textResponse } from '../../../support/llm/responses.ts';
import { temporaryStore } from '../../../support/temporary-store.ts';
import { scriptedModel } from '../../../support/tools/tool-run.ts';

const id = 'experiment_1';
const size = { width: 160, height: 90, frames: 24, framesPerSecond: 24 };
const limits = experimentLimits({});
const answer = JSON.stringify({ code: 'def encode(frames, info): ...', note: ' zlib over differences ' });

async function writing(model: Model, spec: JsonObject = {}) {
  const store = await temporaryStore();
  const clock = new FakeClock();
  const video = { kind: 'generated', pattern: 'text', ...size, seed: 1 };
  const asked = ExperimentSpecSchema.parse({ video, goal: 'smaller', rounds: 3, ...spec });
  await store.experiments.accept({ id, spec: asked, specHash: 'a', limits, now: new Date(clock.now()) });
  const { sleep, now } = clock;
  const askOnce = createPaidCalls({ model, ledger: store.ledger, sleep, wasCancelled: () => false });
  const writeCode = createWriteCode({ store, askOnce, defaultModel: 'm', now });
  const input = { experimentId: id, tenant: defaultTenant, video: size, limits };
  const place = (attempt = 1) => activityPlace({ attempt, heartbeatTimeoutMs: 30 });
  return {
    store,
    clock,
    place,
    run: (round: number, at = place()) =>
      clock.run<Awaited<ReturnType<typeof writeCode>>>(at.run(writeCode, { ...input, round })),
    failRound: async (round: number, code: string) => {
      const content = await store.artifacts.putContent(Buffer.from(code));
      const failed = { phase: 'encode', type: 'error', message: 'ZeroDivisionError', line: 1 } as const;
      const nothing = { note: null, encoded: null, decoded: null, score: null };
      const end = {
        experimentId: id,
        tenant: defaultTenant,
        round,
        state: 'failed',
        code: content,
        ...nothing,
      } as const;
      await store.experiments.endRound({ ...end, failure: failed }, new Date(clock.now()));
    },
  };
}

describe('the model that writes the code of a round', () => {
  it('is asked once with the goal; its code is stored, and its cost is the experiment’s', async () => {
    const model = scriptedModel([answer]);
    const { run, store } = await writing(model);
    const written = await run(1);
    expect(written).toMatchObject({ value: { note: 'zlib over differences' } });
    const sha256 = 'value' in written && 'code' in written.value ? written.value.code.sha256 : '';
    expect((await store.artifacts.getContent(sha256)).toString()).toBe('def encode(frames, info): ...');
    expect(await store.experimentViews.find(id)).toMatchObject({
      state: 'processing',
      phase: 'write',
      round: 1,
      usage: { modelCalls: 1, costUsd: 0.01 },
    });
    expect(JSON.stringify(model.asked[0]?.input)).toContain('=== goal ===\\nsmaller');
  });

  it('is shown the code and the error of the round before', async () => {
    const model = scriptedModel([answer]);
    const { run, failRound } = await writing(model, { model: 'own' });
    await failRound(1, '1 / 0');
    await run(2);
    expect(model.asked[0]?.model).toBe('own');
    const shown = JSON.stringify(model.asked[0]?.input);
    for (const words of ['1 / 0', 'ZeroDivisionError']) expect(shown).toContain(words);
  });

  it('C12: is found again after its worker died, though its call has used up the budget', async () => {
    const model = scriptedModel(['pending']);
    const { run, place, store } = await writing(model, { budget: { usd: 0.001 } });
    const first = place();
    model.retrieve = async () => {
      first.cancel('WORKER_SHUTDOWN', new ActivityCancellationDetails({ workerShutdown: true }));
      return { ...textResponse('response_1', ''), status: 'pending' };
    };
    await expect(run(1, first)).rejects.toThrow('WORKER_SHUTDOWN');
    expect(await store.ledger.find(`${id}/round/1`)).toMatchObject({ data: { responseId: 'response_1' } });
    model.retrieve = async () => textResponse('response_1', answer);
    expect(await run(1, place(2))).toHaveProperty('value.code');
    // The worker died again, after the call was paid and before its code was reported.
    expect(await run(1, place(3))).toHaveProperty('value.code');
    expect(model.asked).toHaveLength(1);
    expect(await run(2)).toMatchObject({ value: { enough: 'budget' } });
    expect(model.asked).toHaveLength(1);
  });

  it('is stopped at its limit, which fails the round alone', async () => {
    const model = scriptedModel(['pending']);
    const { run } = await writing(model);
    const message = 'the model gave no code within 300 s';
    expect(await run(1)).toMatchObject({ failure: { phase: 'write', type: 'model', message, line: null } });
    expect(model.cancelled).toEqual(['response_1']);
  });

  it.each([
    ['a refusal', async () => ({ ...textResponse('r', ''), refusal: 'I may not' }), 'the model declined: I may not'],
    ['no JSON', 'def encode(): pass', "the model's answer does not fit: it is not JSON"],
    ['no code', '{"code": " ", "note": ""}', "the model's answer does not fit: the code is empty"],
    ['too much code', JSON.stringify({ code: 'x'.repeat(200_001), note: '' }), 'more than 200000 characters'],
    ['an answer that was cut', async () => ({ ...textResponse('r', '{'), status: 'incomplete' as const }), 'was cut'],
    [
      'a refusal of its provider',
      () => {
        throw failure('model_refusal', 'the provider declined');
      },
      'the provider declined',
    ],
  ])('that gives %s fails the round alone', async (_what, given, message) => {
    const { run } = await writing(scriptedModel([given]));
    expect(await run(1)).toMatchObject({
      failure: { phase: 'write', type: 'model', message: expect.stringContaining(message) },
    });
  });

  it('is asked again by Temporal when its provider is away', async () => {
    const { run } = await writing(
      scriptedModel([
        () => {
          throw failure('provider_unavailable', 'reset');
        },
      ]),
    );
    await expect(run(1)).rejects.toMatchObject({ type: 'provider_unavailable', nonRetryable: false });
  });

  it('is not asked for an experiment that has ended', async () => {
    const model = scriptedModel([answer]);
    const { run, store } = await writing(model);
    await store.experiments.end({ experimentId: id, tenant: defaultTenant, failure: null }, new Date());
    expect(await run(1)).toMatchObject({ failure: { type: 'cancelled' } });
    expect(model.asked).toEqual([]);
  });
});
