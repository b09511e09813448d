/** AI steps with `cache: 24h`: an equal request of another job takes the kept answer, and pays nothing. */
import { describe, expect, it } from 'vitest';
import { createRunAi } from '../../../activities/llm/run-ai.ts';
import type { PaidCall } from '../../../activities/llm/paid-call.ts';
import type { ModelResponse } from '../../../activities/ports.ts';
import type { StepActivityInput, StepActivityResult } from '../../../workflows/contract/jobs/job.ts';
import type { JsonObject } from '../../../workflows/contract/json/json.ts';
import { activityPlace, job, stepInput } from '../../support/jobs/activity-inputs.ts';
import { aiStep, jobInput, leadMagnet } from '../../support/definitions.ts';
import { textResponse } from '../../support/llm/responses.ts';
import { recordingMeter } from '../../support/recording-meter.ts';
import { temporaryStore } from '../../support/temporary-store.ts';

const cached = { cache: '24h', instructions: 'write to {{form.email}}' };

/** Runs steps of jobs one after another, with a model that numbers its answers. */
async function jobs(answer: Partial<ModelResponse> = {}) {
  const store = await temporaryStore();
  const { meter, measured } = recordingMeter();
  const calls: PaidCall[] = [];
  const place = { address: 'https://one.example' };
  const askOnce = async (call: PaidCall) => {
    calls.push(call);
    return { response: { ...textResponse(`r${calls.length}`, `answer ${calls.length}`), ...answer }, basis: '' };
  };
  const run = createRunAi({ store, askOnce, defaultModel: 'm', endpointOf: (name) => `${place.address} ${name}` });
  const start = async (
    id: string,
    step: JsonObject = cached,
    parts: Partial<StepActivityInput> = {},
  ): Promise<StepActivityResult> => {
    const definition = leadMagnet({ steps: [aiStep('write', step)], deliver: [] });
    await store.jobs.open(id, { ...jobInput({ steps: [aiStep('write', step)], deliver: [] }) }, new Date());
    const input = stepInput(definition, { form: { email: 'ada@b.example' }, ...parts, job: { ...job, id } });
    return activityPlace({}, { metricMeter: meter }).run(run, input);
  };
  const looks = (): readonly string[] => measured.map(([name]) => name).filter((name) => name.includes('_cache_'));
  return { store, start, calls, looks, place };
}

const answerOf = ({ output }: StepActivityResult): unknown => (output?.kind === 'inline' ? output.value : null);

describe('L07: an AI step with a cache', () => {
  it('takes the answer to the same request of an earlier job: no call, no cost, and its record says so', async () => {
    const { store, start, calls, looks } = await jobs();
    const first = await start('job-1');
    const second = await start('job-2');
    expect(calls).toHaveLength(1);
    expect([answerOf(first), answerOf(second)]).toEqual([{ text: 'answer 1' }, { text: 'answer 1' }]);
    expect(first.usage).toMatchObject({ modelCalls: 1, costUsd: 0.01 });
    expect(second.usage).toMatchObject({ modelCalls: 0, costUsd: 0 });
    expect(await store.events.has('job-1', 'step.cached')).toBe(false);
    expect(await store.events.has('job-2', 'step.cached')).toBe(true);
    expect(await store.artifacts.find('job-2', 'write.output.json')).not.toBeNull();
    expect(looks()).toEqual(['lodestone_cache_misses', 'lodestone_cache_hits']);
  });

  it('asks again when the model is reached at another address', async () => {
    const { start, calls, place } = await jobs();
    await start('job-1');
    place.address = 'https://two.example';
    await start('job-2');
    expect(calls).toHaveLength(2);
  });

  it.each<[string, JsonObject, Partial<StepActivityInput>]>([
    ['model', { ...cached, model: 'other' }, {}],
    ['instructions', { ...cached, instructions: 'write well' }, {}],
    ['values of the form', cached, { form: { email: 'grace@b.example' } }],
    ['schema', { ...cached, output: { schema: { type: 'string' } } }, {}],
    ['effort', { ...cached, reasoningEffort: 'high' }, {}],
    ['limit of tokens', { ...cached, maxOutputTokens: 100 }, {}],
  ])('asks when another job has other %s', async (_what, step, parts) => {
    const { start, calls } = await jobs({ text: '"a"' });
    await start('job-1');
    await start('job-2', step, parts);
    expect(calls).toHaveLength(2);
  });

  it('asks when it is run again, or had begun a call of its own, which is paid', async () => {
    const { store, start, calls } = await jobs();
    await start('job-1');
    await start('job-2', cached, { generation: 2 });
    expect(calls).toHaveLength(2);
    const key = 'job-3/write/1/answer/1';
    await store.ledger.write({ key, jobId: 'job-3', kind: 'model_call', state: 'intended', data: {} });
    await start('job-3');
    expect(calls).toHaveLength(3);
  });

  it('asks when the content of the kept answer is damaged, and when another model had answered', async () => {
    const damaged = await jobs();
    await damaged.start('job-1');
    const ofNothing = 'f'.repeat(64);
    const replaced = await jobs({ model: 'a model that took over' });
    await replaced.start('job-1');
    await replaced.start('job-2');
    expect(replaced.calls).toHaveLength(2);
    const lost = { ...damaged.store, keptAnswers: { ...damaged.store.keptAnswers, find: async () => ofNothing } };
    const definition = leadMagnet({ steps: [aiStep('write', cached)], deliver: [] });
    let asked = 0;
    const askOnce = async () => {
      asked += 1;
      return { response: textResponse('r', 'again'), basis: '' };
    };
    const input = stepInput(definition, {
      form: { email: 'ada@b.example' },
      job: { ...job, id: 'job-1' },
      sequence: 2,
    });
    await damaged.store.jobs.open('job-4', jobInput({ steps: [aiStep('write', cached)], deliver: [] }), new Date());
    const run = createRunAi({
      store: lost,
      askOnce,
      defaultModel: 'm',
      endpointOf: (name) => name,
    });
    await activityPlace().run(run, { ...input, job: { ...job, id: 'job-4' } });
    expect(asked).toBe(1);
  });

  it.each(['1d ', '24', '30s', '31d'])('is refused with the cache "%s"', (cache) => {
    expect(() => leadMagnet({ steps: [aiStep('write', { cache })], deliver: [] })).toThrow('cache');
  });
});
