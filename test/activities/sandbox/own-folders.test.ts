import { existsSync } from 'node:fs';
import { chmod, mkdir, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { makeOwnFolder, removeOwnFolder } from '../../../activities/sandbox/own-folders.ts';
import { createSandboxes } from '../../../activities/sandbox/sandboxes.ts';

/** Root may enter any folder; the others are who this is about. */
function asOrdinaryUser(): void {
  const own = process.geteuid?.();
  if (own !== 0) return;
  process.seteuid?.('nobody');
  onTestFinished(() => process.seteuid?.(own));
}

describe('a folder of code that nothing contains', () => {
  it('is removed although the code took away the rights on what it made', async () => {
    asOrdinaryUser();
    const folder = makeOwnFolder();
    await mkdir(join(folder, 'a', 'b'), { recursive: true });
    await writeFile(join(folder, 'a', 'b', 'c'), '');
    await chmod(join(folder, 'a', 'b'), 0);
    await chmod(join(folder, 'a'), 0);
    await removeOwnFolder(folder);
    expect(existsSync(folder)).toBe(false);
  });

  it('that a killed worker has left behind is removed by the next worker, and one in use is not', async () => {
    const [left, used] = [makeOwnFolder(), makeOwnFolder()];
    onTestFinished(() => removeOwnFolder(used));
    const before = new Date(Date.now() - 25 * 60 * 60 * 1000);
    await utimes(left, before, before);
    const missing = { missing: 'It is not needed.' };
    createSandboxes({ python: missing, pythonPackages: missing, furtherImports: [], containment: 'unsafe' }).close();
    await vi.waitFor(() => expect(existsSync(left)).toBe(false), 20_000);
    expect(existsSync(used)).toBe(true);
  });
});
