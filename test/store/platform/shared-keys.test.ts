import { expect, it } from 'vitest';
import { atOnce, twoProcesses } from '../../support/store/two-processes.ts';

it('processes that each offer a key all use the first one', async () => {
  const stores = await twoProcesses();
  const agreed = await atOnce(stores, 8, ({ acrossTenants }, index) =>
    acrossTenants.sharedKeys.agree('form-tokens', new Uint8Array(32).fill(index)),
  );
  expect(new Set(agreed.map((key) => Buffer.from(key).toString('hex'))).size).toBe(1);
  expect(
    Buffer.from(await stores[1].acrossTenants.sharedKeys.agree('form-tokens', new Uint8Array(32).fill(99))),
  ).toEqual(agreed[0]);
  expect(Buffer.from(await stores[1].acrossTenants.sharedKeys.agree('other', new Uint8Array(32).fill(99)))).not.toEqual(
    agreed[0],
  );
});
