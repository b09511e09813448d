import { spawnSync } from 'node:child_process';
import { describe, expect, it, vi } from 'vitest';
import { runInThread, ThreadLimit } from '../../threads/run-in-thread.ts';
import type work from './fixtures/work.ts';
import type { Work } from './fixtures/work.ts';

const module = new URL('./fixtures/work.ts', import.meta.url);
const patient = { timeoutMilliseconds: 60_000 };

function run(kind: Work['kind'], number = 1, options: Parameters<typeof runInThread>[2] = patient): Promise<number> {
  return runInThread<typeof work>(module, { kind, number }, options);
}

describe('work in a thread', () => {
  it('gives back what it makes, many at once', async () => {
    const made = await Promise.all([1, 2, 3, 4, 5].map((number) => run('double', number)));
    expect(made).toEqual([2, 4, 6, 8, 10]);
  });

  it('leaves the event loop free, and is ended when its time is over', async () => {
    let turns = 0;
    const timer = setInterval(() => (turns += 1), 1);
    const ended = run('spin', 1, { timeoutMilliseconds: 500 });
    await expect(ended).rejects.toThrow(new ThreadLimit('time', 'the work takes longer than 0.5 s'));
    clearInterval(timer);
    expect(turns).toBeGreaterThan(5);
    expect(await run('double', 21)).toBe(42);
  });

  it('waits for a free thread without its time running', async () => {
    const spinning = [1, 2].map((number) => run('spin', number, { timeoutMilliseconds: 700 }));
    const waiting = run('double', 21, patient);
    for (const work of spinning) await expect(work).rejects.toMatchObject({ limit: 'time' });
    expect(await waiting).toBe(42);
  });

  it('is ended when the caller gives up', async () => {
    const controller = new AbortController();
    const spinning = run('spin', 1, { ...patient, signal: controller.signal });
    controller.abort(new Error('the job was cancelled'));
    await expect(spinning).rejects.toThrow('the job was cancelled');
  });

  it('is ended when it takes too much memory, and the process goes on', async () => {
    await expect(run('hoard')).rejects.toMatchObject({ name: 'ThreadLimit', limit: 'memory' });
    expect(await run('double', 21)).toBe(42);
  });

  it('fails as the work failed', async () => {
    await expect(run('throw')).rejects.toThrow('it cannot be done');
  });

  it('sees no environment variables', async () => {
    vi.stubEnv('LODESTONE_PLANTED', 'a secret');
    expect(await run('environment')).toBe(0);
  });

  it('keeps no process from ending', () => {
    const program = `
      import { runInThread } from ${JSON.stringify(new URL('../../threads/run-in-thread.ts', import.meta.url).href)};
      console.log(await runInThread(new URL(${JSON.stringify(module.href)}), { kind: 'double', number: 4 }, { timeoutMilliseconds: 60_000 }));
    `;
    const ended = spawnSync(process.execPath, ['--input-type=module', '--eval', program], {
      encoding: 'utf8',
      timeout: 25_000,
    });
    expect(ended).toMatchObject({ status: 0, stdout: '8\n', stderr: '' });
  });
});
