import { mkdtempSync, utimesSync, writeFileSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { withLock } from '../../../scripts/toolchain/lock.mjs';

const lockFile = () => join(mkdtempSync(join(tmpdir(), 'lodestone-lock-')), 'set-up.lock');
const NO_SUCH_PROCESS = 2 ** 22 + 1;

describe('the lock of the set-up', () => {
  it('lets one work at a time, and informs the other one for whom it waits', async () => {
    const file = lockFile();
    const reported: string[] = [];
    const events: string[] = [];
    const work = (name: string) => async () => {
      events.push(`${name} begins`);
      await pause(50);
      events.push(`${name} ends`);
    };
    const first = withLock(file, () => undefined, work('first'));
    await Promise.all([first, withLock(file, (line) => reported.push(line), work('second'))]);
    expect(events).toEqual(['first begins', 'first ends', 'second begins', 'second ends']);
    expect(reported).toEqual([`another set-up is at work (process ${process.pid}); waiting for it …`]);
  });

  it('is taken over from a process that is gone', async () => {
    const file = lockFile();
    writeFileSync(file, `${NO_SUCH_PROCESS}@${hostname()} 0.5`);
    expect(
      await withLock(
        file,
        () => undefined,
        () => Promise.resolve('done'),
      ),
    ).toBe('done');
  });

  it('is taken over from another machine only after a long silence', async () => {
    const file = lockFile();
    writeFileSync(file, `1@another-machine 0.5`);
    const reported: string[] = [];
    const waiting = withLock(
      file,
      (line) => reported.push(line),
      () => Promise.resolve('done'),
    );
    await pause(20);
    expect(reported).toHaveLength(1);
    const longAgo = new Date(Date.now() - 120_000);
    utimesSync(file, longAgo, longAgo);
    expect(await waiting).toBe('done');
  });

  it('is given back when the work fails', async () => {
    const file = lockFile();
    await expect(
      withLock(
        file,
        () => undefined,
        () => Promise.reject(new Error('failed')),
      ),
    ).rejects.toThrow('failed');
    expect(
      await withLock(
        file,
        () => undefined,
        () => Promise.resolve('done'),
      ),
    ).toBe('done');
  });
});
