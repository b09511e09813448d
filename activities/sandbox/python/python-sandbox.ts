/** Runs Python in a container of its own. See `container.ts` for what contains it and `runner.py` for what runs it. */
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { runContained, startContained } from '../contained-process.ts';
import { bubblewrap, type Containment } from '../containment.ts';
import type { ContainedProgram } from '../container/container.ts';
import { realPath } from '../container/real-path.ts';
import { writeMessage, type Message } from '../message.ts';
import { resultOf } from '../result.ts';
import type { CodeRequest, CodeResult, RunCode, SandboxLimits } from '../sandbox.ts';
import { createWaitingProcesses } from '../waiting-processes.ts';
import { packageModules } from './imports.ts';

export interface PythonSandbox {
  /** The interpreter, by its absolute path. */
  readonly python: string;
  /** The folder of packages; null for the standard library alone. */
  readonly packages: string | null;
  /** Top-level modules that the code may import; the sandbox, not this list, is the protection. */
  readonly imports: readonly string[];
}

export function createPythonSandbox(sandbox: PythonSandbox, containment: Containment = bubblewrap): RunCode {
  const run = createRun(sandbox, containment);
  let packagesWork = false;
  return async (request) => {
    const result = await run(request);
    if (!packagesWork && lacksPackages(request, result)) {
      await run(packagesAlone(request));
      packagesWork = true;
    }
    return result;
  };
}

/** Perhaps: the name that was not found may as well be a mistake of the author. */
function lacksPackages({ source }: CodeRequest, { outcome }: CodeResult): boolean {
  return (
    'problem' in outcome &&
    /^(ModuleNotFoundError|ImportError)\b/.test(outcome.problem.message) &&
    packageModules.some((name) => source.includes(name))
  );
}

/** Its run rejects where the packages cannot be imported: then the installation is to blame, not the code. */
function packagesAlone({ limits, signal }: CodeRequest): CodeRequest {
  const source = 'def main(inputs):\n    return None\n';
  const enough = { ...limits, memoryBytes: Math.max(limits.memoryBytes, 2 ** 30) };
  return { source, inputs: null, files: [], limits: enough, signal, preload: packageModules };
}

function createRun(sandbox: PythonSandbox, containment: Containment): RunCode {
  const waiting = createWaitingProcesses(idleMilliseconds);
  return async (request) => {
    const { limits, signal, preload = [] } = request;
    signal.throwIfAborted();
    const program = programOf(sandbox, limits, preload);
    const { command, remove } = containment.prepare(program);
    const start = () => startContained(command);
    try {
      // What waits must need nothing that is removed after its end.
      const isKept = preload.length > 0 && containment.contained;
      const end = await runContained({
        process: isKept ? waiting.take(JSON.stringify([program.scratch, preload]), start) : start(),
        request: writeMessage(messageOf(request, sandbox.imports, containment)),
        limits,
        signal,
        ...(request.onUse === undefined ? {} : { onUse: request.onUse }),
      });
      return resultOf(end, limits, containment);
    } finally {
      await remove();
    }
  };
}

/** Neither the environment nor the user's packages nor the current folder change what is imported. */
const isolated = ['-I', '-S', '-B'];
const timeZones = '/usr/share/zoneinfo';
const interpreterPath = '/usr/bin/python3';

/** From one phase of an experiment to the next. */
const idleMilliseconds = 5_000;

function programOf(
  { python, packages }: PythonSandbox,
  limits: SandboxLimits,
  preload: readonly string[],
): ContainedProgram {
  const interpreter = realPath(python);
  const prefix = dirname(dirname(interpreter));
  return {
    parts: {
      [interpreterPath]: interpreter,
      '/runner.py': join(import.meta.dirname, 'runner.py'),
      ...(packages === null ? {} : { '/packages': packages }),
      // What `zoneinfo` reads, where the machine has it.
      ...(existsSync(timeZones) ? { [timeZones]: timeZones } : {}),
      // An interpreter of its own looks for its library where it was installed.
      ...(prefix === '/usr' ? {} : { [join(prefix, 'lib')]: join(prefix, 'lib') }),
    },
    command: (at) => [
      at(interpreterPath),
      ...isolated,
      at('/runner.py'),
      at('/scratch'),
      preload.join(','),
      ...(packages === null ? [] : [at('/packages')]),
    ],
    // One thread of OpenBLAS, since each takes address space, which is limited.
    variables: { HOME: '/scratch', LANG: 'C.UTF-8', OPENBLAS_NUM_THREADS: '1' },
    scratch: { bytes: limits.scratchBytes, files: limits.scratchFiles },
  };
}

function messageOf(
  { source, inputs, files, limits }: CodeRequest,
  imports: readonly string[],
  { contained }: Containment,
): Message {
  const { memoryBytes, cpuSeconds, scratchBytes, openFiles } = limits;
  // Outside of a namespace all processes of the worker's user count.
  const processes = contained ? limits.processes : null;
  const header = { source, inputs, imports, limits: { memoryBytes, cpuSeconds, scratchBytes, processes, openFiles } };
  return { header, files };
}
