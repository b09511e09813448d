import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { createRunComputerUse } from '../../../activities/computer-use/run-computer-use.ts';
import { createPaidCalls } from '../../../activities/llm/paid-call.ts';
import { createRunAi } from '../../../activities/llm/run-ai.ts';
import type { Model, ModelResponse } from '../../../activities/ports.ts';
import type { Store } from '../../../store/store.ts';
import { activityPlace, stepInput, storeWithJob } from '../../support/jobs/activity-inputs.ts';
import { aiStep } from '../../support/definitions.ts';
import { FakeComputer } from '../../support/computer-use/fake-computer.ts';
import { textResponse } from '../../support/llm/responses.ts';

/** A provider on which every call comes to the same: a fake that counts. */
class SameModel implements Model {
  created = 0;
  readonly cancelled: string[] = [];
  private readonly ending: Partial<ModelResponse>;

  constructor(ending: Partial<ModelResponse>) {
    this.ending = ending;
  }

  async create(): Promise<ModelResponse> {
    this.created += 1;
    return { ...textResponse(`r${this.created}`, ''), status: 'pending' };
  }

  async retrieve(id: string): Promise<ModelResponse> {
    return { ...textResponse(id, ''), ...this.ending };
  }

  async cancel(id: string): Promise<void> {
    this.cancelled.push(id);
  }
}

function visiting(budget: { readonly [limit: string]: number }) {
  const step = { id: 'visit', kind: 'computer_use', startUrl: 'https://site.example', goal: 'find it', budget };
  return storeWithJob({ network: { navigate: ['https://site.example'] }, steps: [step] });
}

const oops = { code: 'server_error', message: 'oops' };

function paidCalls(store: Store, model: Model) {
  // Lets timers run in between, as a real wait does.
  const sleep = async (): Promise<void> => delay(1);
  return createPaidCalls({ ...store, model, sleep, wasCancelled: () => false });
}

function computerUse(store: Store, model: Model) {
  return createRunComputerUse({
    store,
    askOnce: paidCalls(store, model),
    computers: { reattach: async () => null, open: async () => new FakeComputer() },
    defaultModel: 'm',
    secrets: {},
    allowPrivateOrigins: [],
  });
}

describe('the budget of a computer-use step', () => {
  it('A04: counts calls that failed late, over attempts, and ends by type when it is used up', async () => {
    const { store, definition } = await visiting({ usd: 0.02 });
    const model = new SameModel({ status: 'failed', problem: oops });
    const attempt = (number: number) =>
      activityPlace({ attempt: number }).run(computerUse(store, model), stepInput(definition));
    await expect(attempt(1)).rejects.toMatchObject({ type: 'provider_unavailable' });
    await expect(attempt(2)).rejects.toMatchObject({ type: 'provider_unavailable' });
    expect(await attempt(3)).toMatchObject({
      state: 'failed',
      reason: { type: 'budget', message: 'the step used $0.0200 of $0.02' },
      usage: { modelCalls: 2, costUsd: 0.02 },
    });
    expect(model.created).toBe(2);
  });

  it('A04: ends a model call that thinks for longer than the seconds that are left', async () => {
    const { store, definition } = await visiting({ seconds: 1 });
    const model = new SameModel({ status: 'pending' });
    const result = await activityPlace().run(computerUse(store, model), stepInput(definition));
    expect(result).toMatchObject({ state: 'timed_out', reason: { type: 'time_limit' }, output: { kind: 'inline' } });
    expect(model.cancelled).toEqual(['r1']);
  });

  it('A04: is not spent on an answer that would be cut again', async () => {
    const { store, definition } = await visiting({});
    const model = new SameModel({ status: 'incomplete', text: 'half an', problem: { ...oops, message: 'too long' } });
    const result = await activityPlace().run(computerUse(store, model), stepInput(definition));
    expect(result).toMatchObject({
      state: 'failed',
      reason: { type: 'model_answer', message: "the model's answer was cut: too long" },
      output: { value: { text: 'half an' } },
    });
  });
});

describe('an AI step', () => {
  it('whose answer is cut fails for good', async () => {
    const { store, definition } = await storeWithJob({ steps: [aiStep('write')] });
    const model = new SameModel({ status: 'incomplete', problem: { ...oops, message: 'too long' } });
    const run = createRunAi({ store, askOnce: paidCalls(store, model), defaultModel: 'm', endpointOf: (name) => name });
    const running = activityPlace().run(run, stepInput(definition));
    await expect(running).rejects.toMatchObject({ type: 'model_answer', nonRetryable: true });
    expect(model.created).toBe(1);
  });
});
