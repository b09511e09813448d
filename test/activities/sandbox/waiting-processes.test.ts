import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { describe, expect, it, onTestFinished } from 'vitest';
import { z } from 'zod';
import { startContained, type ContainedProcess } from '../../../activities/sandbox/contained-process.ts';
import { SandboxUnavailable } from '../../../activities/sandbox/sandbox.ts';
import { createWaitingProcesses } from '../../../activities/sandbox/waiting-processes.ts';
import { runPython, testLimits } from '../../support/sandbox/python.ts';

/** Starts processes that do nothing, and ends them after the test. */
function sleepers() {
  const started: ContainedProcess[] = [];
  onTestFinished(() => {
    for (const { child } of started) child.kill('SIGKILL');
  });
  const start = (): ContainedProcess => {
    const sleep = { file: 'sleep', parameters: ['100'], user: null, preparation: new Map(), ownGroup: false };
    const process = startContained(sleep);
    started.push(process);
    return process;
  };
  return { started, start };
}

const long = 60_000;

describe('processes that wait', () => {
  it('are started while the one before is used, and used once', () => {
    const { started, start } = sleepers();
    const { take } = createWaitingProcesses(long);
    const taken = [take('a', start), take('a', start), take('a', start)];
    expect(new Set(taken).size).toBe(3);
    expect(taken).toEqual(started.slice(0, 3));
    expect(started).toHaveLength(4);
  });

  it('are ended when a run of another kind comes, or none within the time', async () => {
    const { started, start } = sleepers();
    const { take } = createWaitingProcesses(long);
    take('a', start);
    const other = take('b', start);
    expect(other).toBe(started[2]);
    await once(started[1]?.child ?? process, 'close');
    createWaitingProcesses(1).take('a', start);
    await once(started.at(-1)?.child ?? process, 'close');
  });

  it('are replaced when they have died, and missed by nobody when they cannot be started', async () => {
    const { started, start } = sleepers();
    const { take } = createWaitingProcesses(long);
    take('a', start);
    started[1]?.child.kill('SIGKILL');
    await once(started[1]?.child ?? process, 'close');
    let starts = 0;
    const failing = (): ContainedProcess => {
      starts += 1;
      if (starts > 1) throw new SandboxUnavailable('no more');
      return start();
    };
    expect(take('a', failing)).toBe(started[2]);
    expect(() => take('a', failing)).toThrow('no more');
  });
});

const AnswerSchema = z.object({ value: z.tuple([z.boolean(), z.boolean(), z.number()]) });

it('C10: Python that is told what to import has imported it before it is given the code, and waits for the next run', async () => {
  const source = `
import os, sys
LOADED = "numpy" in sys.modules
def main(inputs):
    begun = float(open("/proc/self/stat").read().rsplit(")", 1)[1].split()[19]) / os.sysconf("SC_CLK_TCK")
    return [LOADED, sorted(os.listdir(".")) == ["in", "out"], begun]
`;
  const limits = { ...testLimits, memoryBytes: 2 ** 30 };
  const run = async (preload: readonly string[]) => {
    const asked = Number(readFileSync('/proc/uptime', 'utf8').split(' ')[0]);
    const { outcome } = await runPython(source, {}, { limits, preload });
    const [isLoaded, isEmpty, begun] = AnswerSchema.parse(outcome).value;
    return { isLoaded, isEmpty, hasWaited: begun < asked };
  };
  expect(await run(['numpy', 'cv2'])).toEqual({ isLoaded: true, isEmpty: true, hasWaited: false });
  expect(await run(['numpy', 'cv2'])).toEqual({ isLoaded: true, isEmpty: true, hasWaited: true });
  expect(await run([])).toEqual({ isLoaded: false, isEmpty: true, hasWaited: false });
});
