/**
 * Runs JavaScript in an interpreter of its own process. One process is always started in advance, because it takes longer to
 * start than most sources take to run; each is used once.
 */
import { join } from 'node:path';
import { endContained, runContained, startContained, type ContainedProcess } from '../contained-process.ts';
import { bubblewrap, type Containment } from '../containment.ts';
import type { ContainedProgram } from '../container/container.ts';
import { writeMessage } from '../message.ts';
import { resultOf } from '../result.ts';
import type { RunCode } from '../sandbox.ts';
import { keepsAlive, startIfPossible } from '../waiting-processes.ts';

export interface JavaScriptSandbox {
  readonly run: RunCode;
  /** Ends the process that waits for a request. */
  readonly close: () => void;
}

/** What the process takes besides the interpreter's memory, which has a limit of its own. */
const processBytes = 256 * 2 ** 20;
/** Of Node's own heap; WebAssembly's memory lies outside of it. */
const heapMegabytes = 128;

export function createJavaScriptSandbox(containment: Containment = bubblewrap): JavaScriptSandbox {
  let spare: ContainedProcess | null = null;
  let isClosed = false;
  const prepare = (): void => {
    if (spare !== null || isClosed) return;
    const next = startIfPossible(() => start(containment));
    if (next === null) return;
    spare = next;
    keepsAlive(next, false);
    // One that has died meanwhile, or could not be started, is replaced when it is needed.
    next.child.once('close', () => {
      if (spare === next) spare = null;
    });
  };
  prepare();
  return {
    async run({ source, inputs, files, limits, signal }) {
      signal.throwIfAborted();
      if (files.length > 0) throw new Error('JavaScript takes no files');
      const process = spare ?? start(containment);
      spare = null;
      keepsAlive(process, true);
      const { memoryBytes, cpuSeconds } = limits;
      const running = runContained({
        process,
        request: writeMessage({ header: { source, inputs, limits: { memoryBytes, cpuSeconds } }, files }),
        limits: { ...limits, memoryBytes: memoryBytes + processBytes },
        signal,
      });
      // The start of the next one takes milliseconds: after whoever waits has this one's result.
      return resultOf(await running.finally(() => setImmediate(prepare)), limits, containment);
    },
    close() {
      isClosed = true;
      if (spare !== null) endContained(spare);
      spare = null;
    },
  };
}

const root = join(import.meta.dirname, '..', '..', '..');
const packages = ['@jitl', 'quickjs-emscripten-core'];

/** Node, and nothing that it may read but the interpreter. */
function program(): ContainedProgram {
  const installed = packages.map((name) => [`/app/node_modules/${name}`, join(root, 'node_modules', name)] as const);
  const parts = {
    '/app/node': process.execPath,
    '/app/package.json': join(root, 'package.json'),
    '/app/code-process.ts': join(import.meta.dirname, 'code-process.ts'),
    ...Object.fromEntries(installed),
  };
  return {
    parts,
    command: (at) => [
      at('/app/node'),
      '--permission',
      `--max-old-space-size=${heapMegabytes}`,
      ...Object.keys(parts).map((part) => `--allow-fs-read=${at(part)}`),
      at('/app/code-process.ts'),
    ],
    variables: {},
    scratch: null,
  };
}

function start(containment: Containment): ContainedProcess {
  return startContained(containment.prepare(program()).command);
}
