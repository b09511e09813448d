/**
 * Runs JavaScript in an interpreter of its own process. One process is always started in advance, because it takes longer to
 * start than most sources take to run; each is used once.
 */
import type { ChildProcess } from 'node:child_process';
import { Socket } from 'node:net';
import { join } from 'node:path';
import { runContained, startContained } from '../contained-process.ts';
import { writeMessage } from '../message.ts';
import { resultOf } from '../result.ts';
import type { RunCode } from '../sandbox.ts';

export interface JavaScriptSandbox {
  readonly run: RunCode;
  /** Ends the process that waits for a request. */
  readonly close: () => void;
}

const resultDescriptor = 3;
const root = join(import.meta.dirname, '..', '..', '..');

/** What the process takes besides the interpreter's memory, which has a limit of its own. */
const processBytes = 256 * 2 ** 20;
/** Of Node's own heap; WebAssembly's memory lies outside of it. */
const heapMegabytes = 128;

export function createJavaScriptSandbox(): JavaScriptSandbox {
  let spare: ChildProcess | null = null;
  const prepare = (): void => {
    spare = start();
    keepsAlive(spare, false);
    // One that has died meanwhile is replaced when it is needed.
    spare.once('close', () => (spare = null));
  };
  prepare();
  return {
    async run({ source, inputs, files, limits, signal }) {
      signal.throwIfAborted();
      if (files.length > 0) throw new Error('JavaScript takes no files');
      const child = spare ?? start();
      spare = null;
      keepsAlive(child, true);
      const { memoryBytes, cpuSeconds } = limits;
      const running = runContained({
        process: child,
        inputs: new Map([
          [0, writeMessage({ header: { source, inputs, limits: { memoryBytes, cpuSeconds } }, files })],
        ]),
        resultDescriptor,
        limits: { ...limits, memoryBytes: memoryBytes + processBytes },
        signal,
      });
      const end = await running.finally(prepare);
      return resultOf(end, limits);
    },
    close() {
      spare?.kill('SIGKILL');
      spare = null;
    },
  };
}

function start(): ChildProcess {
  const limits = ['--permission', `--allow-fs-read=${root}`, `--max-old-space-size=${heapMegabytes}`];
  return startContained({
    file: process.execPath,
    parameters: [...limits, join(import.meta.dirname, 'code-process.ts')],
    highestDescriptor: resultDescriptor,
    asNobody: false,
  });
}

/** Whether a process and its pipes keep this process from ending. */
function keepsAlive(child: ChildProcess, keeps: boolean): void {
  const pipes = child.stdio.filter((stream) => stream instanceof Socket);
  for (const handle of [child, ...pipes]) {
    if (keeps) handle.ref();
    else handle.unref();
  }
}
