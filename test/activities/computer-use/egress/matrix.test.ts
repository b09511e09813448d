/**
 * The egress matrix: every way out that we know a page has, taken in a real browser under each policy, against goals that
 * count what reaches them. And each way once more where nothing forbids it, so that a 0 says more than that a page is broken.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openWorld, type Boundary, type MatrixWorld } from './matrix-world.ts';
import type { Way } from './way.ts';
import { waysOfLeaving } from './ways-of-leaving.ts';
import { waysOfLoading } from './ways-of-loading.ts';
import { waysOfMoving } from './ways-of-moving.ts';
import { waysOfWorkers } from './ways-of-workers.ts';
import { waysPastHttp } from './ways-past-http.ts';

const ways: readonly Way[] = [...waysOfLoading, ...waysOfWorkers, ...waysOfMoving, ...waysOfLeaving, ...waysPastHttp];

/** Opens the world for the tests of a block. */
function worldOf(of: readonly Way[], boundary: Boundary): () => MatrixWorld {
  let world: MatrixWorld | undefined;
  beforeAll(async () => {
    world = await openWorld(of, boundary);
  });
  afterAll(() => world?.close());
  return () => {
    if (world === undefined) throw new Error('the world is not there yet');
    return world;
  };
}

describe.each([
  { load: 'public', goals: 'private' },
  { load: 'listed', goals: 'private' },
  { load: 'listed', goals: 'unlisted' },
] as const)('under `$load`, to an address that is $goals, there is no way by', (boundary) => {
  const world = worldOf(ways, boundary);

  it.each(ways)('$name', async (way) => {
    await world().take(way);
    expect(world().goalOf(way).arrived).toEqual({ request: 0, connection: 0, datagram: 0 });
  });

  it('anything that takes its time, when the browser has ended', async () => {
    await world().closeBrowser();
    const reached = ways.filter((way) => Object.values(world().goalOf(way).arrived).some((count) => count > 0));
    expect(reached.map(({ name }) => name)).toEqual([]);
  });
});

describe('control: to an address that is listed there is a way by', () => {
  const open = ways.filter(({ control }) => control === 'allowed');
  const world = worldOf(open, { load: 'listed', goals: 'allowed' });
  it.each(open)('$name', async (way) => {
    await world().take(way);
    expect(world().goalOf(way).arrived[way.arrives]).toBeGreaterThan(0);
  });
});

describe('control: without flags, proxy and guard there is a way by', () => {
  const open = ways.filter(({ control }) => control === 'unguarded');
  const world = worldOf(open, 'none');
  it.each(open)('$name', async (way) => {
    await world().take(way);
    await expect.poll(() => world().goalOf(way).arrived[way.arrives]).toBeGreaterThan(0);
  });
});
