import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it, vi } from 'vitest';
import { temporaryFolder } from '../../support/temporary-store.ts';

it('a child whose parent is killed stops in order, though nobody reads its last words', async () => {
  const file = join(await temporaryFolder(), 'end');
  const parent = spawn(process.execPath, [join(import.meta.dirname, 'fixtures/parent.ts'), file], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  await once(parent.stdout, 'data');
  parent.kill('SIGKILL');
  await vi.waitFor(async () => expect(await readFile(file, 'utf8')).toBe('in order'), 30_000);
});
