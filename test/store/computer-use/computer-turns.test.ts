/** The record of turns: written with the checkpoint or not at all, and read on from a cursor. */
import { expect, test } from 'vitest';
import type { TurnChange } from '../../../store/computer-use/computer-turns.ts';
import { Superseded } from '../../../store/jobs/ledger.ts';
import type { Store } from '../../../store/store.ts';
import { storeWithJob } from '../../support/jobs/activity-inputs.ts';
import { temporaryStore } from '../../support/temporary-store.ts';

const filter = { jobId: 'j', stepId: 's', generation: 1 };
const usage = { modelCalls: 1, inputTokens: 100, cachedInputTokens: 40, outputTokens: 10, costUsd: 0.01 };

function looked(iteration: number, parts: Partial<TurnChange> = {}): TurnChange {
  const screenshot = { name: `s.screen-${iteration}.png`, sha256: `hash ${iteration}` };
  return {
    ...filter,
    iteration,
    attempt: 1,
    recoveryLevel: 'fresh',
    activeMilliseconds: iteration * 1000,
    looked: { url: 'https://site.example/', screenshot, notes: [], spentUsd: (iteration - 1) / 100 },
    at: '2026-01-01T00:00:00.000Z',
    ...parts,
  };
}

function answered(iteration: number, parts: Partial<TurnChange> = {}): TurnChange {
  const { looked: _look, ...change } = looked(iteration);
  const answer = { responseId: `r${iteration}`, text: 'on I go', usage, spentUsd: iteration / 100 };
  return { ...change, answered: answer, actions: [], at: '2026-01-01T00:00:01.000Z', ...parts };
}

async function keep(store: Store, turn: TurnChange): Promise<void> {
  const { attempt } = turn;
  await store.ledger.writeCheckpoint({ key: 'k', jobId: 'j', attempt, data: { iteration: turn.iteration }, turn });
}

test('a turn grows from the look to the answer to its actions, and a reader sees each change once', async () => {
  const store = await temporaryStore();
  await keep(store, looked(1));
  const [asked] = await store.computerTurns.after(filter, 0, 10);
  expect(asked).toMatchObject({ iteration: 1, answeredAt: null, text: '', actions: [], activeMilliseconds: 1000 });
  await keep(store, answered(1));
  await keep(store, looked(2));
  const changed = await store.computerTurns.after(filter, asked?.sequence ?? 0, 10);
  expect(changed.map(({ iteration }) => iteration)).toEqual([1, 2]);
  expect(changed[0]).toMatchObject({
    responseId: 'r1',
    url: 'https://site.example/',
    screenshot: { name: 's.screen-1.png', sha256: 'hash 1' },
    costUsd: 0.01,
    spentUsd: 0.01,
    inputTokens: 100,
  });
  expect(changed[1]).toMatchObject({ costUsd: 0, spentUsd: 0.01 });
  expect(await store.computerTurns.after(filter, changed.at(-1)?.sequence ?? 0, 10)).toEqual([]);
  expect((await store.computerTurns.newest(filter, 1)).map(({ iteration }) => iteration)).toEqual([2]);
});

test('an attempt that looks again begins its turn anew, and a step that is run again has turns of its own', async () => {
  const store = await temporaryStore();
  await keep(store, looked(1));
  await keep(store, answered(1));
  await keep(store, looked(1, { attempt: 2, recoveryLevel: 'restored' }));
  const [again] = await store.computerTurns.after(filter, 0, 10);
  expect(again).toMatchObject({ attempt: 2, recoveryLevel: 'restored', responseId: null, costUsd: 0, actions: [] });
  await keep(store, looked(1, { generation: 2, attempt: 2 }));
  const second = await store.computerTurns.after({ ...filter, generation: 2 }, again?.sequence ?? 0, 10);
  expect(second).toMatchObject([{ generation: 2, iteration: 1 }]);
});

test('A05: an attempt that was superseded writes no turn', async () => {
  const store = await temporaryStore();
  await keep(store, looked(1, { attempt: 2 }));
  await expect(keep(store, answered(1, { attempt: 1 }))).rejects.toThrow(Superseded);
  expect(await store.computerTurns.after(filter, 0, 10)).toMatchObject([{ attempt: 2, answeredAt: null }]);
});

test('what a run may use is found in the definition that its job began with', async () => {
  const visit = { id: 'visit', kind: 'computer_use', startUrl: 'https://site.example', goal: 'find it' };
  const definition = { network: { navigate: ['https://site.example'] }, steps: [{ ...visit, budget: { usd: 0.5 } }] };
  const { store } = await storeWithJob(definition);
  expect(await store.computerTurns.run('job-1', 'visit')).toEqual({
    display: { width: 1024, height: 768 },
    budget: { iterations: 100, seconds: 900, usd: 0.5 },
  });
  expect(await store.computerTurns.run('job-1', 'other')).toBeNull();
  expect(await store.computerTurns.run('nobody', 'visit')).toBeNull();
});
