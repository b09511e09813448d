import { expect, it } from 'vitest';
import { CheckpointSchema } from '../../../activities/computer-use/loop/checkpoint.ts';
import type { LastingComputer, Model } from '../../../activities/ports.ts';
import type { Store } from '../../../store/store.ts';
import { computerStep } from '../../support/computer-use/computer-step.ts';
import { FakeComputer } from '../../support/computer-use/fake-computer.ts';
import { activityPlace, job, stepInput, storeWithJob } from '../../support/jobs/activity-inputs.ts';
import { callResponse, click, textResponse } from '../../support/llm/responses.ts';

const step = { id: 'visit', kind: 'computer_use', startUrl: 'https://site.example', goal: 'find it' };
const definition = { network: { navigate: ['https://site.example'] }, steps: [step] };
const script = [callResponse('r1', [click(1)]), textResponse('r2', 'found')];

it('A05: a picture is stored while the model is asked, and no checkpoint refers to one that is not stored', async () => {
  const { store, definition: magnet } = await storeWithJob(definition);
  const log: string[] = [];
  let asked = Promise.withResolvers<void>();
  const model: Model = {
    async create({ previousResponseId }) {
      log.push('asked');
      asked.resolve();
      const before = script.findIndex(({ id }) => id === previousResponseId);
      return script[before + 1] ?? textResponse('r9', 'nothing is left');
    },
    retrieve: () => Promise.reject(new Error('nothing is under way')),
    cancel: async () => undefined,
  };
  const slow: Store = {
    ...store,
    artifacts: {
      ...store.artifacts,
      async put(artifact) {
        // It never ends when the model is asked only afterwards.
        await asked.promise;
        asked = Promise.withResolvers();
        const stored = await store.artifacts.put(artifact);
        log.push(`stored ${stored.name}`);
        return stored;
      },
    },
    ledger: {
      ...store.ledger,
      async writeCheckpoint(checkpoint) {
        const { asking, iteration, screenshot } = CheckpointSchema.parse(checkpoint.data);
        log.push(`checkpoint ${iteration}${asking ? ' asking' : ''} ${screenshot ?? 'none'}`);
        await store.ledger.writeCheckpoint(checkpoint);
      },
    },
  };
  expect(await activityPlace().run(computerStep(slow, model), stepInput(magnet))).toMatchObject({ state: 'succeeded' });
  const [first, second] = ['visit.screen-0001.png', 'visit.screen-0002.png'];
  expect(log.filter((entry, index) => entry !== log[index - 1])).toEqual([
    'checkpoint 0 none',
    'asked',
    `stored ${first}`,
    `checkpoint 0 asking ${first}`,
    `checkpoint 1 ${first}`,
    'asked',
    `stored ${second}`,
    `checkpoint 1 asking ${second}`,
    `checkpoint 2 ${second}`,
  ]);
  const key = `${job.id}/visit/1`;
  expect(CheckpointSchema.parse(await store.ledger.readCheckpoint(key)).ended?.reason).toBe('done');
});

it('A05: an attempt that a later one has replaced begins no call beside its checkpoint', async () => {
  const { store, definition: magnet } = await storeWithJob(definition);
  const key = `${job.id}/visit/1`;
  let calls = 0;
  const model: Model = {
    create: async () => callResponse(`r${(calls += 1)}`, [click(1)]),
    retrieve: () => Promise.reject(new Error('nothing is under way')),
    cancel: async () => undefined,
  };
  const computer = new FakeComputer();
  const taken: LastingComputer = Object.assign(computer, {
    sight: async () => {
      const data = await store.ledger.readCheckpoint(key);
      await store.ledger.writeCheckpoint({ key, jobId: job.id, attempt: 2, data: CheckpointSchema.parse(data) });
      return { picture: await computer.screenshot(), state: await computer.state() };
    },
  });
  const computers = { reattach: async () => null, open: async () => taken };
  const run = activityPlace().run(computerStep(store, model, { computers }), stepInput(magnet));
  await expect(run).rejects.toThrow('a later attempt than 1 goes on');
  expect(calls).toBe(0);
  expect(await store.ledger.find(`${key}/iteration/1`)).toBeNull();
});
