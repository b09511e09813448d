import { describe, expect, it } from 'vitest';
import { createDenials } from '../../../activities/computer-use/denials.ts';

function recording() {
  const recorded: string[] = [];
  const denials = createDenials(async ({ message }) => void recorded.push(message));
  return { denials, recorded };
}

describe('refused requests', () => {
  it('are reported one by one where they differ, by target or by reason', () => {
    const { denials, recorded } = recording();
    denials.add('a.example:443', 'not on the list');
    denials.add('b.example:443', 'not on the list');
    denials.add('a.example:443', 'a private address');
    expect(recorded).toEqual([
      'a request to a.example:443 was refused: not on the list',
      'a request to b.example:443 was refused: not on the list',
      'a request to a.example:443 was refused: a private address',
    ]);
  });

  it('that repeat are counted, and reported at powers of ten and at the end', async () => {
    const { denials, recorded } = recording();
    for (let times = 0; times < 2345; times += 1) denials.add('a.example:443', 'no');
    await denials.close();
    await denials.close();
    expect(recorded).toEqual([
      'a request to a.example:443 was refused: no',
      ...[10, 100, 1000, 2345].map((times) => `a request to a.example:443 was refused, ${times} times by now: no`),
    ]);
  });

  it('of a page that makes up ever new addresses are bounded too', async () => {
    const { denials, recorded } = recording();
    for (let index = 0; index < 10_000; index += 1) denials.add(`${index}.example:443`, 'no');
    await denials.close();
    expect(recorded.length).toBeLessThan(60);
    expect(recorded.at(-1)).toBe('a request to other addresses was refused, 9950 times by now: for several reasons');
  });

  it('stop nothing when they cannot be reported', async () => {
    const denials = createDenials(async () => {
      throw new Error('the store is away');
    });
    denials.add('a.example:443', 'no');
    denials.add('a.example:443', 'no');
    await expect(denials.close()).resolves.toBeUndefined();
  });
});
