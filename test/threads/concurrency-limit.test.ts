import { expect, it } from 'vitest';
import { createConcurrencyLimit, type Claim } from '../../threads/concurrency-limit.ts';

/** Work that is begun when it has a slot, and ends when the test says so. */
function world(most: { readonly all: number; readonly ofAKind: number }) {
  const limit = createConcurrencyLimit(most);
  const begun: string[] = [];
  const add = (name: string, claim: Partial<Claim> = {}) => {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const done = limit({ kind: 'work', owner: 'all', ...claim }, async () => {
      begun.push(name);
      await promise;
    });
    const end = async (): Promise<void> => {
      resolve();
      await done;
      await turn();
    };
    return { done, end, reject };
  };
  return { begun, add };
}

/** All that can go on has gone on. */
const turn = () => new Promise<void>((resolve) => setImmediate(resolve));

it('so many run at once, the next when one has ended or failed, and in their order', async () => {
  const { begun, add } = world({ all: 2, ofAKind: 2 });
  const [a, b, c, d] = [add('a'), add('b'), add('c'), add('d')];
  await turn();
  expect(begun).toEqual(['a', 'b']);
  b.reject(new Error('it failed'));
  await expect(b.done).rejects.toThrow('it failed');
  await turn();
  expect(begun).toEqual(['a', 'b', 'c']);
  await a.end();
  expect(begun).toEqual(['a', 'b', 'c', 'd']);
  await Promise.all([c.end(), d.end()]);
  // All slots are free again.
  const [e, f] = [add('e'), add('f')];
  await turn();
  expect(begun.slice(4)).toEqual(['e', 'f']);
  await Promise.all([e.end(), f.end()]);
});

it('a kind that has all its slots holds up no other', async () => {
  const { begun, add } = world({ all: 3, ofAKind: 2 });
  const long = ['a', 'b', 'c'].map((name) => add(name, { kind: 'long' }));
  add('d', { kind: 'short' });
  await turn();
  expect(begun).toEqual(['a', 'b', 'd']);
  await long[0]?.end();
  expect(begun).toEqual(['a', 'b', 'd', 'c']);
});

it('owners take turns, however much one of them has waiting', async () => {
  const { begun, add } = world({ all: 2, ofAKind: 2 });
  const [first] = ['a1', 'a2', 'a3', 'a4'].map((name) => add(name, { owner: 'a' }));
  add('b1', { owner: 'b' });
  await turn();
  expect(begun).toEqual(['a1', 'a2']);
  await first?.end();
  expect(begun).toEqual(['a1', 'a2', 'b1']);
});

it('who gives up leaves the queue with the reason, and takes no slot', async () => {
  const { begun, add } = world({ all: 1, ofAKind: 1 });
  const first = add('a');
  const controller = new AbortController();
  const second = add('b', { signal: controller.signal });
  add('c');
  controller.abort(new Error('the job was cancelled'));
  await expect(second.done).rejects.toThrow('the job was cancelled');
  await first.end();
  expect(begun).toEqual(['a', 'c']);
});
