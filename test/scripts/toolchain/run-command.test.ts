import { describe, expect, it } from 'vitest';
import { runCommand } from '../../../scripts/toolchain/run-command.mjs';

describe('a command of the set-up', () => {
  it('that takes too long is given up, even when something it started lives on', async () => {
    const started = Date.now();
    const result = await runCommand('sh', ['-c', 'sleep 5 & wait'], { timeout: 100 });
    expect(result).toMatchObject({ ok: false, errors: 'no end after 0.1 s' });
    expect(Date.now() - started).toBeLessThan(3_000);
  });

  it('that is not there is a result and not an exception', async () => {
    expect(await runCommand('/no/such/program', [])).toMatchObject({
      ok: false,
      errors: expect.stringContaining('ENOENT'),
    });
  });
});
