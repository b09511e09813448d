/** Sandboxes that are ended while they start leave no process behind: neither when a worker closes them nor when it is killed. */
import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { expect, it, vi } from 'vitest';
import { endContained } from '../../../activities/sandbox/contained-process.ts';
import { startMarked } from '../../support/sandbox/marked.ts';
import { runs } from '../../support/sandbox/processes.ts';

const starts = 16;

it('C06: a sandbox that is closed at any moment of its start leaves no process behind', async () => {
  const word = randomUUID();
  const ended = Array.from({ length: starts }, async (_, index) => {
    await delay(index);
    const started = startMarked(word);
    await delay(index);
    endContained(started);
    await once(started.child, 'close');
  });
  await Promise.all(ended);
  expect(runs(word)).toBe(false);
});

it('C06: a worker that is killed while its sandboxes start leaves no process behind', async () => {
  const word = randomUUID();
  const script = `
    import { startMarked } from './test/support/sandbox/marked.ts';
    for (let count = 0; count < ${starts}; count += 1) startMarked('${word}');
    process.kill(process.pid, 'SIGKILL');
  `;
  const worker = spawn(process.execPath, ['--input-type=module-typescript', '--eval', script], { stdio: 'inherit' });
  await once(worker, 'close');
  await vi.waitFor(() => expect(runs(word)).toBe(false), 10_000);
});
