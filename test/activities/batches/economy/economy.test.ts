/** Economy batches against a pretended batch API: what is sent, found again, settled and stopped. */
import { describe, expect, it } from 'vitest';
import { failure } from '../../../../activities/failure.ts';
import { economyWorld, type EconomyWorld } from '../../../support/batches/economy-batch.ts';

const hour = 3_600_000;

async function counts({ store }: EconomyWorld) {
  const counts = await store.batches.counts('b');
  return Object.fromEntries(Object.entries(counts).filter(([, count]) => count > 0));
}

async function money({ store }: EconomyWorld) {
  const batch = await store.batches.find('b');
  return { spentUsd: batch?.spentUsd, reservedUsd: batch?.reservedUsd };
}

function lostOnce(world: EconomyWorld, call: 'upload' | 'create' | 'retrieve', at: 'before' | 'after'): void {
  let left = 1;
  world.provider.onCall = (name, when) => {
    if (name !== call || when !== at || left === 0) return;
    left -= 1;
    throw failure('provider_unavailable', 'lost on purpose', { perhapsPaid: true });
  };
}

describe('an economy batch', () => {
  it('P28: is one file and one batch for a page, at half the price, reserved before and settled after', async () => {
    const world = await economyWorld(120);
    expect(await world.look()).toMatchObject({ outcome: 'waiting', seconds: 10 });
    expect(world.provider.held.map(({ lines }) => lines.length)).toEqual([120]);
    expect(await counts(world)).toEqual({ submitted: 120 });
    expect(await money(world)).toEqual({ spentUsd: 0, reservedUsd: 0.6 });
    world.provider.end('batch_1', 'completed');
    expect(await world.look()).toEqual({ outcome: 'drained' });
    expect(await counts(world)).toEqual({ succeeded: 120 });
    expect(await money(world)).toEqual({ spentUsd: 0.12, reservedUsd: 0 });
    expect((await world.items())[7]).toMatchObject({ output: { text: 'answer 7' }, attempts: 1, costUsd: 0.001 });
  });

  it('P28: looks ever more seldom, at least every quarter of an hour', async () => {
    const world = await economyWorld(1);
    await world.look();
    world.clock.time += hour;
    expect(await world.look()).toMatchObject({ outcome: 'waiting', seconds: 360 });
    world.clock.time += 10 * hour;
    expect(await world.look()).toMatchObject({ outcome: 'waiting', seconds: 900 });
  });

  it('P28: hands a page to the provider and goes on with the next, whose run settles both', async () => {
    const world = await economyWorld(15);
    expect(await world.look({ until: 10, last: false })).toEqual({ outcome: 'drained' });
    expect(await world.look({ until: 15 })).toMatchObject({ outcome: 'waiting' });
    expect(world.provider.held.map(({ lines }) => lines.length)).toEqual([10, 5]);
    world.provider.end('batch_1', 'completed');
    world.provider.end('batch_2', 'completed');
    expect(await world.look()).toEqual({ outcome: 'drained' });
    expect(await counts(world)).toEqual({ succeeded: 15 });
  });

  it.each(['upload', 'create'] as const)(
    'P28: finds what it began again when the answer to its %s was lost',
    async (call) => {
      const world = await economyWorld(3);
      lostOnce(world, call, 'after');
      expect(await world.look()).toMatchObject({ outcome: 'waiting', seconds: 30 });
      expect(await counts(world)).toEqual({ intended: 3 });
      expect(await world.look()).toMatchObject({ outcome: 'waiting' });
      expect(world.provider.files.size).toBe(1);
      expect(world.provider.held).toHaveLength(1);
      expect(await counts(world)).toEqual({ submitted: 3 });
    },
  );

  it.each(['upload', 'create'] as const)('P28: repeats a %s that never arrived, and counts it', async (call) => {
    const world = await economyWorld(3);
    lostOnce(world, call, 'before');
    await world.look();
    await world.look();
    expect(world.provider.files.size).toBe(1);
    expect(world.provider.held).toHaveLength(1);
    const key = await world.store.providerBatches.begin('b');
    const twice = call === 'upload' ? { uploads: 2, creations: 1 } : { uploads: 1, creations: 2 };
    expect(await world.store.providerBatches.open(key)).toEqual([expect.objectContaining(twice)]);
  });

  it('P28: fails items that a complete batch has no line for, and flags them as perhaps paid', async () => {
    const world = await economyWorld(3);
    await world.look();
    world.provider.end('batch_1', 'completed', (id) => (id === '1' ? null : world.provider.answered(id)));
    expect(await world.look()).toEqual({ outcome: 'drained' });
    const [, missing] = await world.items();
    expect(missing).toMatchObject({ status: 'failed', flagged: true, costUsd: 0.005 });
    expect(missing?.error?.message).toContain('holds no line for the item');
    expect(await money(world)).toEqual({ spentUsd: 0.007, reservedUsd: 0 });
  });

  it('P28: fails a request that was refused, and repeats one that met an outage', async () => {
    const world = await economyWorld(2);
    await world.look();
    world.provider.end('batch_1', 'completed', (customId) => {
      const httpStatus = customId === '0' ? 400 : 503;
      return { customId, response: null, problem: { code: 'x', message: 'no', httpStatus } };
    });
    await world.look();
    expect(await counts(world)).toEqual({ failed: 1, pending: 1 });
    world.clock.time += 60_000;
    await world.look();
    world.provider.end('batch_2', 'completed');
    expect(await world.look()).toEqual({ outcome: 'drained' });
    expect((await world.items())[1]).toMatchObject({ status: 'succeeded', attempts: 2 });
  });

  it("P28: begins anew what an expired batch has left, while the item's limit allows, and times it out after", async () => {
    const world = await economyWorld(3, { itemSeconds: 30 * 3600 });
    await world.look();
    world.clock.time += 24 * hour;
    world.provider.end('batch_1', 'expired', (id) => (id === '0' ? world.provider.answered(id) : null));
    await world.look();
    expect(await counts(world)).toEqual({ succeeded: 1, pending: 2 });
    world.clock.time += 60_000;
    await world.look();
    world.clock.time += 24 * hour;
    world.provider.end('batch_2', 'expired', () => null);
    expect(await world.look()).toEqual({ outcome: 'drained' });
    expect(await counts(world)).toEqual({ succeeded: 1, timed_out: 2 });
    expect((await world.items())[1]?.error?.message).toContain('exceeded 30 hour timeout');
    expect(await money(world)).toEqual({ spentUsd: 0.001, reservedUsd: 0 });
  });

  it('P28: fails the lines that the provider names as wrong, and repeats the others', async () => {
    const world = await economyWorld(3);
    await world.look();
    world.provider.end('batch_1', 'failed', () => null);
    const held = world.provider.get('batch_1');
    held.batch = { ...held.batch, problems: [{ code: 'invalid', message: 'bad line', line: 2 }] };
    await world.look();
    expect((await world.items()).map(({ status }) => status)).toEqual(['pending', 'failed', 'pending']);
  });

  it('P28: never reserves more than the cap, and pauses when nothing more may go', async () => {
    const world = await economyWorld(10, { capUsd: 0.02 });
    expect(await world.look()).toMatchObject({ outcome: 'waiting' });
    expect(world.provider.held.map(({ lines }) => lines.length)).toEqual([4]);
    world.provider.costUsd = 0.005;
    world.provider.end('batch_1', 'completed');
    expect(await world.look()).toMatchObject({ outcome: 'pause', by: 'budget' });
    expect(await money(world)).toEqual({ spentUsd: 0.02, reservedUsd: 0 });
  });

  it('P28: is paused with a clear word where the provider has no batch API, and nothing is lost by it', async () => {
    const world = await economyWorld(2);
    world.provider.onCall = () => {
      throw failure('provider_request', 'the model provider answered 404');
    };
    const paused = await world.look();
    expect(paused).toMatchObject({ outcome: 'pause', by: 'provider' });
    expect(paused).toHaveProperty('message', expect.stringContaining('economy mode needs a provider with a batch API'));
    world.provider.onCall = () => undefined;
    await world.look();
    expect(await counts(world)).toEqual({ submitted: 2 });
  });

  it('P28: does not settle twice what was settled before it was cut off', async () => {
    const world = await economyWorld(3);
    await world.look();
    world.provider.end('batch_1', 'completed');
    const whole = world.provider.get('batch_1').answers;
    world.provider.get('batch_1').answers = whole.slice(0, 2);
    world.provider.answers = async function* (id) {
      yield* world.provider.get(id).answers;
      if (world.provider.get(id).answers !== whole) throw failure('provider_unavailable', 'cut');
    };
    expect(await world.look()).toMatchObject({ outcome: 'waiting' });
    expect(await counts(world)).toEqual({ succeeded: 2, submitted: 1 });
    world.provider.get('batch_1').answers = whole;
    expect(await world.look()).toEqual({ outcome: 'drained' });
    expect(await money(world)).toEqual({ spentUsd: 0.003, reservedUsd: 0 });
  });
});

describe('the alert of stuck items', () => {
  it("P20: counts an economy item once the provider's day for its newest submission is well over", async () => {
    const world = await economyWorld(3, { itemSeconds: 30 * 24 * 3600 });
    await world.look();
    const stuck = (hours: number) =>
      world.store.acrossTenants.batchHealth.stuckItems(world.clock.now() + (hours - 24) * hour);
    expect([await stuck(25), await stuck(26.5)]).toEqual([0, 3]);
    world.clock.time += 24 * hour;
    world.provider.end('batch_1', 'expired', () => null);
    await world.look();
    world.clock.time += 60_000;
    await world.look();
    expect(await counts(world)).toEqual({ submitted: 3 });
    expect([await stuck(25), await stuck(26.5)], 'begun anew').toEqual([0, 3]);
  });
});

describe('an economy batch that is stopped', () => {
  it('P28: is cancelled at the provider, and keeps what was answered before', async () => {
    const world = await economyWorld(12);
    await world.look({ until: 10, last: false });
    let looks = 0;
    world.provider.onCall = (name) => {
      if (name !== 'retrieve' || (looks += 1) < 3) return;
      world.provider.end('batch_1', 'cancelled', (id) => (id < '3' ? world.provider.answered(id) : null));
    };
    expect(await world.stop('cancelled')).toEqual({ left: 0 });
    expect(world.provider.cancelled).toEqual(['batch_1']);
    // Positions 0, 1 and 2; two were never submitted.
    expect(await counts(world)).toEqual({ succeeded: 3, cancelled: 9 });
    expect(await money(world)).toEqual({ spentUsd: 0.003, reservedUsd: 0 });
  });

  it('P28: finds a batch whose id was never learned, and cancels that too', async () => {
    const world = await economyWorld(2);
    lostOnce(world, 'create', 'after');
    await world.look();
    world.provider.onCall = (name) => {
      if (name === 'retrieve' && world.provider.cancelled.length > 0)
        world.provider.end('batch_1', 'cancelled', () => null);
    };
    expect(await world.stop('job_time_limit')).toEqual({ left: 0 });
    expect(world.provider.cancelled).toEqual(['batch_1']);
    expect(await counts(world)).toEqual({ failed: 2 });
    expect(await money(world)).toEqual({ spentUsd: 0, reservedUsd: 0 });
  });

  it('P28: is given up when the provider does not end it, and its worst case counts as spent', async () => {
    const world = await economyWorld(2);
    await world.look();
    let attempts = 1;
    while ((await world.stop('cancelled')).left > 0) attempts += 1;
    expect(attempts).toBeGreaterThan(2);
    expect(await counts(world)).toEqual({ cancelled: 2 });
    expect(await money(world)).toEqual({ spentUsd: 0.01, reservedUsd: 0 });
  });
});
