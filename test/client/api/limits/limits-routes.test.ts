/** Versions of limits over HTTP. */
import { expect, test } from 'vitest';
import { problemOf, testApi } from '../harness.ts';

const versions = '/v1/limits/versions';
const jsonOf = async (response: Response): Promise<unknown> => response.json();

test('L19: versions of limits are set, listed, rolled back, and everything is in the audit log', async () => {
  const { ask, post } = await testApi();
  const made = await post(versions, { change: { ai: { attemptSeconds: 600 } }, why: 'slow answers', by: 'ada' });
  expect(made.status).toBe(201);
  expect(await jsonOf(made)).toMatchObject({ number: 1, parent: 0, madeBy: 'operator', why: 'slow answers' });
  await post(versions, { change: { ai: { attemptSeconds: 700 } }, why: 'slower' });
  expect(await jsonOf(await ask(`${versions}?limit=1`))).toMatchObject({
    rollout: { stable: 2, candidate: null },
    versions: [{ number: 2, overrides: { ai: { attemptSeconds: 700 } } }],
    next: 2,
  });
  expect(await jsonOf(await ask(`${versions}?before=2`))).toMatchObject({ versions: [{ number: 1 }], next: null });
  const back = await post('/v1/limits/rollback', { why: 'worse', revision: 2 });
  expect(await jsonOf(back)).toMatchObject({ stable: 1, revision: 3 });
  const again = await post('/v1/limits/rollback', { why: 'worse', revision: 2 });
  expect([again.status, (await problemOf(again)).detail]).toEqual([409, expect.stringContaining('revision 3')]);
  expect(await jsonOf(await ask('/v1/limits/audit?limit=2'))).toMatchObject({
    entries: [
      { action: 'rolled_back', who: 'api', version: 2, why: 'worse', evidence: { to: 1 } },
      { action: 'set', version: 2 },
    ],
  });
  expect(await jsonOf(await ask(`${versions}/1`))).toMatchObject({ number: 1 });
  expect((await ask(`${versions}/9`)).status).toBe(404);
});

test('L20: a change outside of the bounds, of nothing, or of another version is refused with its reason', async () => {
  const { post } = await testApi();
  const change = (limits: object, parts: object = {}) => post(versions, { change: limits, why: 'x', ...parts });
  const outside = await change({ ai: { attempts: 1000 } });
  expect(outside.status).toBe(422);
  expect((await problemOf(outside)).detail).toBe('ai: attempts 1000 is not a whole number from 2 to 100');
  expect((await change({ ai: { attempts: 8 } })).status).toBe(422);
  expect((await change({ ai: { attempts: 7 } }, { parent: 3 })).status).toBe(409);
  expect((await change({ record: { attempts: 7 } })).status).toBe(400);
  expect((await post(versions, { change: { ai: { attempts: 7 } } })).status).toBe(400);
  expect((await post('/v1/limits/rollback', { why: 'x', revision: 0 })).status).toBe(409);
  expect((await post('/v1/limits/rollback', { why: 'x', to: 5, revision: 0 })).status).toBe(404);
  expect((await post('/v1/limits/rollback', { why: 'x' })).status).toBe(400);
  for (const by of ['tuning', ' Tuning ', 'the page of limits']) {
    expect((await change({ ai: { attempts: 7 } }, { by })).status).toBe(400);
  }
});
