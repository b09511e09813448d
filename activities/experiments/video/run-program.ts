/** Runs the product's own programs in the sandbox: alone, or after code under test, which they then call. */
import { readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { videoLimits } from '../../../workflows/contract/experiments/video-limits.ts';
import type { JsonObject } from '../../../workflows/contract/json/json.ts';
import { packageModules } from '../../sandbox/python/imports.ts';
import type {
  CodeProblem,
  CodeRequest,
  CodeResult,
  RunCode,
  SandboxFile,
  SandboxLimits,
} from '../../sandbox/sandbox.ts';

/** What one phase of an experiment may take. */
export interface PhaseLimits {
  readonly seconds: number;
  /** Of real memory and addresses. Python with numpy and OpenCV takes 300 MB of addresses before it does anything. */
  readonly memoryBytes: number;
}

/** Where and within what a phase runs. */
export interface PhaseRun {
  readonly runCode: RunCode;
  readonly limits: PhaseLimits;
  readonly signal: AbortSignal;
  readonly onUse?: CodeRequest['onUse'];
}

/** What was measured of a phase from outside, and what its code printed. */
export interface PhaseReport {
  /** From the request to the end; Python and its packages were started before. */
  readonly seconds: number;
  readonly peakBytes: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** `bad_result`: the code ended, and what it returned is not what was asked for. */
export interface PhaseProblem extends Omit<CodeProblem, 'type'> {
  readonly type: CodeProblem['type'] | 'bad_result';
}

/** A phase's value, or why there is none: what foreign code does wrong is a value and no error. */
export type PhaseResult<Value> = PhaseReport & { readonly outcome: Value | { readonly problem: PhaseProblem } };

export type ProgramName = 'make-video' | 'encode' | 'decode' | 'score';

export interface ProgramRequest {
  readonly program: ProgramName;
  /** Of the code under test; empty for a program alone. */
  readonly source: string;
  readonly inputs: JsonObject;
  readonly files: readonly SandboxFile[];
  /** Of all files that the program writes. */
  readonly resultBytes: number;
}

/**
 * The program has a namespace of its own, so that names in the code under test do not change it by accident. On purpose the code
 * can change anything here, as it runs in the same process: nothing that comes out is trusted.
 */
const call = `
def main(inputs):
    import sys
    builtins = sys.modules["builtins"]
    space = {"code": builtins.globals()}
    builtins.exec(builtins.compile(inputs["program"], "<program>", "exec"), space)
    return space["main"](inputs)
`;

export async function runProgram(request: ProgramRequest, run: PhaseRun): Promise<CodeResult> {
  const { runCode, limits, signal, onUse } = run;
  const { program, source, inputs, files, resultBytes } = request;
  const result = await runCode({
    source: `${source}\n${call}`,
    inputs: { ...inputs, program: programText(program) },
    files,
    limits: sandboxLimits(limits, resultBytes),
    signal,
    preload: packageModules,
    ...(onUse === undefined ? {} : { onUse }),
  });
  return { ...result, outcome: withinSource(result.outcome, source) };
}

/** A report without the outcome. */
export function reportOf({ seconds, peakBytes, stdout, stderr }: CodeResult): PhaseReport {
  return { seconds, peakBytes, stdout, stderr };
}

export function problemOf(message: string): { readonly problem: PhaseProblem } {
  return { problem: { type: 'bad_result', message, line: null } };
}

function programText(name: ProgramName): string {
  return readFileSync(join(import.meta.dirname, 'programs', `${name}.py`), 'utf8');
}

const mebibyte = 2 ** 20;

/** The same in all phases, so that the sandbox of the next one can be started while one runs: the most that goes in and comes out of any phase, and some for the code's own files. */
const scratchBytes = 2 * videoLimits.rawBytes + videoLimits.picturesBytes + 64 * mebibyte;

function sandboxLimits({ seconds, memoryBytes }: PhaseLimits, resultBytes: number): SandboxLimits {
  return {
    seconds,
    // The kernel sums the time of all threads, and OpenCV has one for each processor: the limit is that of the clock.
    cpuSeconds: Math.ceil(seconds) * availableParallelism(),
    memoryBytes,
    scratchBytes,
    scratchFiles: 1000,
    processes: 32,
    openFiles: 128,
    outputBytes: mebibyte,
    // Figures of a thousand frames take half of it.
    valueBytes: mebibyte / 8,
    fileBytes: resultBytes,
    files: 16,
  };
}

/** A line after the code under test belongs to our own call and means nothing to the code's author. */
function withinSource(outcome: CodeResult['outcome'], source: string): CodeResult['outcome'] {
  if (!('problem' in outcome) || outcome.problem.line === null) return outcome;
  const isWithin = source !== '' && outcome.problem.line <= source.split('\n').length;
  return isWithin ? outcome : { problem: { ...outcome.problem, line: null } };
}
