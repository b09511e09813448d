import { describe, expect, it } from 'vitest';
import type { Model, ModelRequest, ModelResponse } from '../../../activities/ports.ts';
import type { StepActivityResult, StepSuspension } from '../../../workflows/contract/jobs/job.ts';
import { activityPlace, stepInput, storeWithJob } from '../../support/jobs/activity-inputs.ts';
import { computerStep } from '../../support/computer-use/computer-step.ts';
import { textResponse } from '../../support/llm/responses.ts';

const accepted = '{"accepted":true,"problem":""}';
const rejected = '{"accepted":false,"problem":"The price on the screen is 189."}';

/** A step whose model answers in turn, with the verdicts of its verifier. */
async function verified(parts: { readonly verify?: boolean }, answers: readonly string[], verdicts: readonly string[]) {
  const step = {
    id: 'visit',
    kind: 'computer_use',
    startUrl: 'https://site.example',
    goal: 'find the price',
    ...parts,
  };
  const { store, definition } = await storeWithJob({ network: { navigate: ['https://site.example'] }, steps: [step] });
  const turns: ModelRequest[] = [];
  const checks: ModelRequest[] = [];
  const model: Model = {
    create: async (request): Promise<ModelResponse> => {
      const isTurn = request.computer !== null;
      const asked = isTurn ? turns : checks;
      asked.push(request);
      return textResponse(
        `${isTurn ? 'r' : 'v'}${asked.length}`,
        (isTurn ? answers : verdicts)[asked.length - 1] ?? '',
      );
    },
    retrieve: () => Promise.reject(new Error('nothing is under way')),
    cancel: async () => undefined,
  };
  const run = computerStep(store, model);
  const result: StepActivityResult | StepSuspension = await activityPlace().run(run, stepInput(definition));
  return { result, turns, checks };
}

describe('a verifier', () => {
  it('sees the whole run from a branch of its own, and may send the model back once', async () => {
    const { result, turns, checks } = await verified({ verify: true }, ['It is 99', 'It is 189'], [rejected, rejected]);
    expect(checks).toMatchObject([{ previousResponseId: 'r1', computer: null }]);
    expect(JSON.stringify(checks[0]?.input)).toContain('The result to check: It is 99');
    expect(turns[1]?.previousResponseId).toBe('r1');
    expect(JSON.stringify(turns[1]?.input)).toContain('The price on the screen is 189.');
    expect(result).toMatchObject({ state: 'succeeded', output: { value: { text: 'It is 189' } }, iterations: 2 });
    // What it cost is the step's, too.
    expect(result.usage).toMatchObject({ modelCalls: 3, costUsd: 0.03 });
  });

  it.each([accepted, 'no JSON'])('that says %s lets the answer pass', async (verdict) => {
    const { result, turns } = await verified({ verify: true }, ['It is 189'], [verdict]);
    expect(result).toMatchObject({ state: 'succeeded', usage: { modelCalls: 2 } });
    expect(turns).toHaveLength(1);
  });

  it('is asked by steps alone that want one', async () => {
    expect((await verified({}, ['It is 99'], [rejected])).checks).toEqual([]);
  });
});
