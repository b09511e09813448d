import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it, vi } from 'vitest';
import { runInThread, ThreadLimit } from '../../threads/run-in-thread.ts';
import type otherWork from './fixtures/other-work.ts';
import type work from './fixtures/work.ts';
import type { Work } from './fixtures/work.ts';

const module = new URL('./fixtures/work.ts', import.meta.url);
const patient = { timeoutMilliseconds: 60_000 };

function run(kind: Work['kind'], number = 1, options: Parameters<typeof runInThread>[2] = patient): Promise<number> {
  return runInThread<typeof work>(module, { kind, number }, options);
}

/** A separate process that runs one piece of work, and reports its start and its result. */
function program(kind: Work['kind'], number: number, timeoutMilliseconds: number): string {
  return `
    import { runInThread } from ${JSON.stringify(new URL('../../threads/run-in-thread.ts', import.meta.url).href)};
    const work = { kind: '${kind}', number: ${number} };
    const made = runInThread(new URL(${JSON.stringify(module.href)}), work, { timeoutMilliseconds: ${timeoutMilliseconds} });
    setTimeout(() => console.log('begun'));
    console.log(await made);
  `;
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
    await expect(ended).rejects.toThrow(new ThreadLimit('time', 'the work takes more than 0.5 s of computing'));
    clearInterval(timer);
    expect(turns).toBeGreaterThan(5);
    expect(await run('double', 21)).toBe(42);
  });

  it('waits for a free thread without its time running', async () => {
    const spinning = [1, 2].map((number) => run('spin', number, { timeoutMilliseconds: 700 }));
    const waiting = run('double', 21, patient);
    await Promise.all(spinning.map((work) => expect(work).rejects.toMatchObject({ limit: 'time' })));
    expect(await waiting).toBe(42);
  });

  it('is ended when the caller gives up', async () => {
    const controller = new AbortController();
    const spinning = run('spin', 1, { ...patient, signal: controller.signal });
    controller.abort(new Error('the job was cancelled'));
    await expect(spinning).rejects.toThrow('the job was cancelled');
  });

  it('leaves its place in the queue when the caller gives up', async () => {
    const spins = new AbortController();
    const spinning = [1, 2].map((number) => run('spin', number, { ...patient, signal: spins.signal }));
    const controller = new AbortController();
    const waiting = run('double', 21, { ...patient, signal: controller.signal });
    controller.abort(new Error('the job was cancelled'));
    await expect(waiting).rejects.toThrow('the job was cancelled');
    spins.abort(new Error('enough'));
    await Promise.all(spinning.map((work) => expect(work).rejects.toThrow('enough')));
  });

  it('of another module waits for none of one that fills its threads', async () => {
    const spins = new AbortController();
    const spinning = [1, 2, 3, 4].map((number) => run('spin', number, { ...patient, signal: spins.signal }));
    const other = new URL('./fixtures/other-work.ts', import.meta.url);
    expect(await runInThread<typeof otherWork>(other, 3, patient)).toBe(9);
    spins.abort(new Error('enough'));
    await Promise.all(spinning.map((work) => expect(work).rejects.toThrow('enough')));
  });

  it('is not ended for the time that the whole process stood still', { timeout: 60_000 }, async () => {
    const child = spawn(process.execPath, ['--input-type=module', '--eval', program('compute', 500, 1_500)]);
    const reported: Buffer[] = [];
    child.stdout.on('data', (chunk: Buffer) => reported.push(chunk));
    // Not `exit`, which may come before the last of the output.
    const ended = once(child, 'close');
    await once(child.stdout, 'data');
    child.kill('SIGSTOP');
    // Longer than the limit; a suspended process cannot wait for an event.
    await sleep(3_000);
    child.kill('SIGCONT');
    await ended;
    expect(Buffer.concat(reported).toString()).toBe('begun\n500\n');
  });

  it('is ended in the end when it neither computes nor ends', async () => {
    await expect(run('wait', 1, { timeoutMilliseconds: 100 })).rejects.toMatchObject({ limit: 'time' });
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
    const ended = spawnSync(process.execPath, ['--input-type=module', '--eval', program('double', 4, 60_000)], {
      encoding: 'utf8',
      timeout: 25_000,
    });
    expect(ended).toMatchObject({ status: 0, stdout: 'begun\n8\n', stderr: '' });
  });
});
