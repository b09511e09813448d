/** Runs Python in bubblewrap. See `bubblewrap.ts` for what contains it and `runner.py` for what runs it. */
import { runContained, startContained } from '../contained-process.ts';
import { writeMessage, type Message } from '../message.ts';
import { resultOf } from '../result.ts';
import type { CodeRequest, RunCode } from '../sandbox.ts';
import { filterDescriptor, sandboxCommand, type SandboxPrograms } from './bubblewrap.ts';
import { seccompFilter } from './seccomp-filter.ts';
import type { Architecture } from './system-calls.ts';

export interface PythonSandbox extends SandboxPrograms {
  readonly architecture: Architecture;
  /** Top-level modules that the code may import; the sandbox, not this list, is the protection. */
  readonly imports: readonly string[];
}

export function createPythonSandbox(sandbox: PythonSandbox): RunCode {
  const filter = seccompFilter(sandbox.architecture);
  return async (request) => {
    const { limits, signal } = request;
    signal.throwIfAborted();
    const end = await runContained({
      process: startContained(await sandboxCommand(sandbox, limits)),
      preparation: new Map([[filterDescriptor, filter]]),
      request: writeMessage(messageOf(request, sandbox.imports)),
      limits,
      signal,
    });
    return resultOf(end, limits);
  };
}

function messageOf({ source, inputs, files, limits }: CodeRequest, imports: readonly string[]): Message {
  const { memoryBytes, cpuSeconds, scratchBytes, processes, openFiles } = limits;
  const header = { source, inputs, imports, limits: { memoryBytes, cpuSeconds, scratchBytes, processes, openFiles } };
  return { header, files };
}
