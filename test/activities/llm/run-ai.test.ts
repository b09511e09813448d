import { describe, expect, it } from 'vitest';
import { createRunAi } from '../../../activities/llm/run-ai.ts';
import type { PaidCall } from '../../../activities/llm/paid-call.ts';
import { activityPlace, stepInput, storeWithJob } from '../../support/jobs/activity-inputs.ts';
import { aiStep, doublingSchema } from '../../support/definitions.ts';
import { textResponse } from '../../support/llm/responses.ts';

async function running(answers: readonly string[]) {
  const { store, definition } = await storeWithJob({
    steps: [aiStep('write', { output: { schema: doublingSchema } })],
    deliver: [],
  });
  const calls: PaidCall[] = [];
  const askOnce = async (call: PaidCall) => {
    calls.push(call);
    return { response: textResponse(`r${calls.length}`, answers[calls.length - 1] ?? ''), basis: '' };
  };
  const run = createRunAi({ store, askOnce, defaultModel: 'm', endpointOf: (name) => name });
  return { calls, run: () => activityPlace().run(run, stepInput(definition)) };
}

describe('an AI step', () => {
  it('asks again for an answer that does not fit', async () => {
    const { calls, run } = await running(['[1]', '[null]']);
    expect(await run()).toMatchObject({ state: 'succeeded' });
    expect(calls).toHaveLength(2);
  });

  it('fails with an answer that nobody can judge, and pays for no other', { timeout: 120_000 }, async () => {
    const { calls, run } = await running([`${'['.repeat(60)}1${']'.repeat(60)}`]);
    await expect(run()).rejects.toMatchObject({ type: 'step_definition', nonRetryable: true });
    expect(calls).toHaveLength(1);
  });
});
