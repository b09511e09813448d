/**
 * An economy batch whose worker is killed at every boundary in turn: before each call of the store and of the provider,
 * and so after each one before it. Another attempt continues from what is stored.
 */
import { describe, expect, it } from 'vitest';
import { runEconomy } from '../../../../activities/batches/economy/economy.ts';
import type { EconomyDependencies } from '../../../../activities/batches/economy/economy-ports.ts';
import { stopEconomy } from '../../../../activities/batches/economy/economy-stop.ts';
import { economyWorld, type EconomyWorld } from '../../../support/batches/economy-batch.ts';

const items = 3;
const { signal } = new AbortController();

/** The end of a process: nothing catches it, and nothing is written after. */
class Killed extends Error {
  override readonly name = 'Killed';
}

/** Calls are counted over all of it; the one that is due dies before it is done, and so does every later one. */
function mortal(dependencies: EconomyDependencies, dieAt: number) {
  const calls: string[] = [];
  const guarded = <T extends object>(part: string, target: T): T =>
    new Proxy(target, {
      get(object, name, receiver) {
        const value: unknown = Reflect.get(object, name, receiver);
        if (typeof value !== 'function') return value;
        return (...given: unknown[]) => {
          calls.push(`${part}.${String(name)}`);
          if (calls.length >= dieAt) throw new Killed(calls.at(-1));
          return Reflect.apply(value, object, given);
        };
      },
    });
  const { store, batchApi } = dependencies;
  const ended: number[] = [];
  const mortals: EconomyDependencies = {
    ...dependencies,
    batchApi: guarded('provider', batchApi),
    store: {
      ...store,
      batches: guarded('batches', store.batches),
      batchPartitions: guarded('items', store.batchPartitions),
      providerBatches: guarded('providerBatches', store.providerBatches),
    },
    onItem: (event) => {
      if (event.kind === 'ended') ended.push(event.position);
    },
  };
  return { mortals, calls, ended };
}

function endAll({ provider }: EconomyWorld): void {
  for (const { batch } of provider.held) if (batch.status === 'running') provider.end(batch.id, 'completed');
}

/** Looks until all is answered, by attempts that live; returns how many looks it took. */
async function finish(world: EconomyWorld): Promise<void> {
  for (let looks = 0; looks < 20; looks += 1) {
    endAll(world);
    if ((await world.look()).outcome === 'drained') return;
    world.clock.time += 3_600_000;
  }
  throw new Error('the batch does not end');
}

/** What each item was sent in: a second time would be paid for again. */
function sent({ provider }: EconomyWorld): string[] {
  return provider.held.flatMap(({ lines }) => lines.map(({ customId }) => customId)).toSorted();
}

/** Runs two looks, the provider ending between them, and kills at the call that is due; null when there is none. */
async function killedAt(dieAt: number): Promise<string | null> {
  const world = await economyWorld(items);
  const { mortals, calls } = mortal(world.dependencies, dieAt);
  const input = { batchId: 'b', until: items, last: true, continuations: 0 };
  try {
    await world.clock.run(runEconomy(mortals, input, signal));
    endAll(world);
    await world.clock.run(runEconomy(mortals, input, signal));
    return null;
  } catch (error) {
    if (!(error instanceof Killed)) throw error;
  }
  const where = `killed at call ${dieAt}, ${calls.at(-1)}`;
  await finish(world);
  expect(sent(world), where).toEqual(['0', '1', '2']);
  expect(world.provider.files.size, where).toBe(1);
  const views = await world.items();
  expect(
    views.map(({ status, attempts, flagged }) => ({ status, attempts, flagged })),
    where,
  ).toEqual(Array.from({ length: items }, () => ({ status: 'succeeded', attempts: 1, flagged: false })));
  expect(await world.store.batches.find('b'), where).toMatchObject({ spentUsd: 0.003, reservedUsd: 0 });
  return calls.at(-1) ?? '';
}

describe('an economy batch whose worker is killed', () => {
  it('P12 P16: at any boundary pays nothing twice, and every item ends once', { timeout: 120_000 }, async () => {
    const killed = new Set<string>();
    for (let dieAt = 1; ; dieAt += 1) {
      const name = await killedAt(dieAt);
      if (name === null) break;
      killed.add(name);
    }
    // Those that the promise hangs on: uploaded, created, id written, results half recorded.
    for (const name of [
      'provider.upload',
      'provider.create',
      'providerBatches.submitted',
      'items.end',
      'providerBatches.change',
    ]) {
      expect(killed).toContain(name);
    }
  });

  it('P12 P28: while it is stopped at any boundary ends every item once, and leaves nothing running', async () => {
    for (let dieAt = 1; ; dieAt += 1) {
      const world = await economyWorld(items);
      await world.look();
      world.provider.onCall = (name) => {
        // Cancelled batches end by the next look, one of their items answered before.
        for (const id of name === 'retrieve' ? world.provider.cancelled : []) {
          world.provider.end(id, 'cancelled', (item) => (item === '0' ? world.provider.answered(item) : null));
        }
      };
      const { mortals, calls } = mortal(world.dependencies, dieAt);
      const dead = await world.clock
        .run(stopEconomy(mortals, 'b', 'cancelled', signal))
        .catch((error: unknown) => error);
      if (!(dead instanceof Killed)) break;
      const where = `killed at call ${dieAt}, ${calls.at(-1)}`;
      expect(await world.stop('cancelled'), where).toEqual({ left: 0 });
      expect(
        (await world.items()).map(({ status }) => status),
        where,
      ).toEqual(['succeeded', 'cancelled', 'cancelled']);
      expect(new Set(world.provider.cancelled), where).toEqual(new Set(['batch_1']));
      expect(await world.store.batches.find('b'), where).toMatchObject({ spentUsd: 0.001, reservedUsd: 0 });
    }
  });
});
