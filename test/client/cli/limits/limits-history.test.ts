import { expect, it } from 'vitest';
import { runCommand, servedFolder } from '../harness.ts';

it('L19: lodestone limits sets, compares, lists and rolls back versions', async () => {
  const { url } = await servedFolder();
  const limits = (...parts: readonly string[]) => runCommand(url, 'limits', ...parts);
  const set = await limits('set', 'ai.attemptSeconds=600', 'delivery.attempts=5', '--why', 'slow answers');
  expect(set).toMatchObject({ code: 0, stderr: expect.stringContaining('version 1 of limits is in force') });
  const [diff, history] = await Promise.all([limits('diff', '0'), limits('history')]);
  expect(diff.stdout).toContain('ai.attemptSeconds                900 → 600\n');
  expect(history.stdout).toMatch(/ 1 {2}\S+ {2}by operator, from 0 {2}in force\n {5}slow answers\n/);
  expect(history.stdout).toContain('set version 1: slow answers');
  const back = await limits('rollback', '--why', 'worse', '--json');
  expect(back).toMatchObject({ code: 0 });
  expect(JSON.parse(back.stdout)).toMatchObject({ stable: 0, candidate: null });
  const [unknown, outside] = await Promise.all([
    limits('set', 'ai.speed=1', '--why', 'x'),
    limits('set', 'ai.attempts=1', '--why', 'x'),
  ]);
  expect(unknown).toMatchObject({ code: 2, stderr: expect.stringContaining('ai.speed=1 is not like') });
  expect(outside).toMatchObject({ code: 6, stderr: expect.stringContaining('from 2 to 100') });
});
