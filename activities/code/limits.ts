/** The limits of a code step's sandbox: those that its author sets, and those that follow from them. */
import type { CodeStep } from '../../workflows/contract/lead-magnets/code-step.ts';
import type { SandboxFile, SandboxLimits } from '../sandbox/sandbox.ts';

/** Of the filled inputs as JSON: they are written on the event loop, in some 20 ms. */
export const mostInputCharacters = 2 * 2 ** 20;

const mebibyte = 2 ** 20;

export function limitsOf({ sandbox }: CodeStep, files: readonly SandboxFile[]): SandboxLimits {
  const fileBytes = sandbox.fileMebibytes * mebibyte;
  return {
    seconds: sandbox.seconds,
    cpuSeconds: Math.ceil(sandbox.seconds),
    memoryBytes: sandbox.memoryMebibytes * mebibyte,
    // What it is given, what it returns, and as much again for its temporary files.
    scratchBytes: files.reduce((sum, { bytes }) => sum + bytes.byteLength, 0) + 2 * fileBytes + mebibyte,
    scratchFiles: 2_000,
    processes: 32,
    openFiles: 256,
    outputBytes: mebibyte,
    // It is read on the event loop, strictly: a hostile one of this size takes 40 ms.
    valueBytes: mebibyte / 4,
    fileBytes,
    files: 50,
  };
}
