import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { expect, it, onTestFinished } from 'vitest';
import { memoryOfTree } from '../../../workers/metrics/memory.ts';

it('L13: the memory of a worker is that of all processes which it has started, and theirs', async () => {
  const before = await memoryOfTree(process.pid);
  // A shell that has a process with 200 MB, and waits for it.
  const holds = `const held = Buffer.alloc(200_000_000, 1); console.log('ready'); process.stdin.resume(); void held;`;
  const shell = spawn('sh', ['-c', '"$0" -e "$1"; true', process.execPath, holds], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  onTestFinished(() => void shell.stdin.end());
  await once(shell.stdout, 'data');
  expect((await memoryOfTree(process.pid)) - before).toBeGreaterThan(150_000_000);
});
