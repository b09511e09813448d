/** One part that is kept up: real processes that die in every way. */
import { createServer } from 'node:net';
import { once } from 'node:events';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { freePorts } from '../../../../demo/run/free-ports.ts';
import { spawnChild } from '../../../../workers/local/child.ts';
import { Part, SettingsRefused, type PartRequest } from '../../../../workers/local/supervision/part.ts';
import type { PartReport } from '../../../../workers/local/supervision/report.ts';

const file = join(import.meta.dirname, 'fixtures/part.ts');
const pace = { everyMilliseconds: 200, mostUnanswered: 4 };
const patience = { timeout: 30_000, interval: 20 };

interface Kept {
  readonly part: Part;
  /** What was said for the log. */
  readonly sentences: string[];
  readonly reports: PartReport[];
  /** Waits until it is up with another process than this one. */
  readonly upAgain: (pid: number) => Promise<void>;
}

function keep(parameters: readonly string[], changed: Partial<PartRequest> = {}): Kept {
  const sentences: string[] = [];
  const reports: PartReport[] = [];
  const part = new Part({
    name: 'sample',
    spawn: () => spawnChild({ name: 'sample', file, parameters }),
    onChange: (report, sentence) => {
      reports.push(report);
      if (sentence !== null) sentences.push(sentence);
    },
    waitScale: 0.001,
    ...changed,
  });
  onTestFinished(() => part.end());
  return {
    part,
    sentences,
    reports,
    upAgain: (pid) =>
      vi.waitFor(() => {
        if (part.pid === pid || part.report.state !== 'running') throw new Error(sentences.join('\n'));
      }, patience),
  };
}

describe('a part', () => {
  it('is started again when its process is killed, and reports that', async () => {
    const { part, sentences, upAgain } = keep(['stays']);
    await part.started;
    const { pid } = part;
    process.kill(pid, 'SIGKILL');
    await upAgain(pid);
    expect(part.report).toMatchObject({ restarts: 1, lastDeath: { reason: 'was killed by SIGKILL' } });
    expect(sentences).toEqual([
      'sample was killed by SIGKILL; it is started again in 1 s (death 1 of 5 that are borne within 10 minutes)',
      'sample is up again',
    ]);
  });

  it('that dies again and again is given up at the sixth death', async () => {
    const { part, reports } = keep(['dies']);
    await expect(part.givenUp).rejects.toThrow(
      'sample ended with exit code 3, and is given up: it died 6 times within 10 minutes',
    );
    expect(part.report).toMatchObject({ state: 'given_up', restarts: 5 });
    expect(reports.filter(({ state }) => state === 'waiting')).toHaveLength(5);
  });

  it('that refuses its settings is not started again, and its output is reported below a sentence of ours', async () => {
    const { part, reports } = keep(['refuses']);
    await expect(part.started).rejects.toThrow(
      new SettingsRefused('sample refuses its settings\nLODESTONE_COLOUR: must be a colour'),
    );
    await expect(part.givenUp).rejects.toThrow(SettingsRefused);
    expect(reports.some(({ state }) => state === 'waiting')).toBe(false);
  });

  it('that cannot be started for the first time is given up at once, with its last words', async () => {
    const { part } = keep(['fails']);
    await expect(part.started).rejects.toThrow('the disk is full');
    expect(part.report).toMatchObject({ state: 'given_up', restarts: 0 });
  });

  it('whose process does not answer is killed and started again', async () => {
    const { part, upAgain } = keep(['stays'], { pace });
    await part.started;
    const { pid } = part;
    process.kill(pid, 'SIGSTOP');
    await upAgain(pid);
    expect(part.report.lastDeath?.reason).toBe('did not answer for 0.8 s and was killed');
  });

  it('whose service does not answer, though its process does, is killed and started again', async () => {
    let silent = 0;
    const { part, upAgain } = keep(['stays'], { pace, answers: async () => part.pid !== silent });
    await part.started;
    const { pid } = part;
    silent = pid;
    await upAgain(pid);
    expect(part.report.lastDeath?.reason).toBe('did not answer for 0.8 s and was killed');
  });

  it('is started again when a start failed before there was a process', async () => {
    let starts = 0;
    const { part, sentences, upAgain } = keep([], {
      spawn: () => {
        starts += 1;
        if (starts === 2) throw new Error('spawn EMFILE');
        return spawnChild({ name: 'sample', file, parameters: ['stays'] });
      },
    });
    await part.started;
    const { pid } = part;
    process.kill(pid, 'SIGKILL');
    await upAgain(pid);
    expect(part.report.restarts).toBe(2);
    expect(sentences.join('\n')).toContain('sample could not be started: spawn EMFILE');
  });

  it('is not given up for as long as Temporal is away', async () => {
    let starts = 0;
    const { part, upAgain } = keep([], {
      spawn: () => {
        starts += 1;
        const kind = starts === 1 || starts > 8 ? 'stays' : 'finds-no-temporal';
        return spawnChild({ name: 'sample', file, parameters: [kind] });
      },
    });
    await part.started;
    const { pid } = part;
    process.kill(pid, 'SIGKILL');
    await upAgain(pid);
    expect(part.report).toMatchObject({ restarts: 8, lastDeath: { reason: 'ended with exit code 69' } });
  });

  it('waits for its port before it is started again', async () => {
    const [port = 0] = await freePorts(1);
    const other = createServer();
    const { part, upAgain } = keep(['stays', String(port)], {
      addresses: [{ host: '127.0.0.1', port }],
      waitScale: 0.2,
    });
    await part.started;
    const { pid } = part;
    process.kill(pid, 'SIGKILL');
    await vi.waitFor(() => expect(part.report.state).toBe('waiting'), patience);
    await once(other.listen(port, '127.0.0.1'), 'listening');
    await vi.waitFor(() => expect(part.report.state).toBe('starting'), patience);
    other.close();
    await upAgain(pid);
    expect(part.report.restarts).toBe(1);
  });

  it('that is stopped while it waits is not started again', async () => {
    const { part } = keep(['stays'], { waitScale: 1 });
    await part.started;
    process.kill(part.pid, 'SIGKILL');
    await vi.waitFor(() => expect(part.report.state).toBe('waiting'), patience);
    await part.stop();
    expect(part.report).toMatchObject({ state: 'stopped', restarts: 0 });
  });
});
