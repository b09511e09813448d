/** The phases of an experiment in the sandbox of tests, and codecs that work. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { makeVideo, type Video } from '../../../activities/experiments/video/make-video.ts';
import type { PhaseProblem, PhaseResult, PhaseRun } from '../../../activities/experiments/video/run-program.ts';
import { usualImports } from '../../../activities/sandbox/python/imports.ts';
import { createPythonSandbox } from '../../../activities/sandbox/python/python-sandbox.ts';
import type { videoPatterns } from '../../../workflows/contract/experiments/video.ts';
import { testSandbox } from '../sandbox/python.ts';

export const testRun: PhaseRun = {
  runCode: createPythonSandbox({ ...testSandbox, imports: [...usualImports, 'glob', 'os'] }),
  limits: { seconds: 60, memoryBytes: 2 ** 30 },
  signal: new AbortController().signal,
};

/** A lossless codec and a lossy one. */
export const codecs = { lossless: codec('lossless'), lossy: codec('lossy') };

function codec(name: string): string {
  return readFileSync(join(import.meta.dirname, 'codecs', `${name}.py`), 'utf8');
}

/** A small video that the product makes. */
export async function generatedVideo(
  pattern: (typeof videoPatterns)[number],
  size: { readonly width: number; readonly height: number; readonly frames: number } = {
    width: 64,
    height: 48,
    frames: 4,
  },
): Promise<Video> {
  const video = { kind: 'generated', pattern, ...size, framesPerSecond: 8, seed: 7 } as const;
  return valueOf(await makeVideo({ video, content: null }, testRun));
}

/** A phase's value. Throws when there is a problem. */
export function valueOf<Value>({ outcome }: PhaseResult<Value>): Value {
  if (isProblem(outcome)) throw new Error(outcome.problem.message);
  return outcome;
}

/** Why a phase gave no value. Throws when it gave one. */
export function problemOf<Value>({ outcome }: PhaseResult<Value>): PhaseProblem {
  if (isProblem(outcome)) return outcome.problem;
  throw new Error('the phase gave a value');
}

function isProblem<Value>(outcome: PhaseResult<Value>['outcome']): outcome is { readonly problem: PhaseProblem } {
  return typeof outcome === 'object' && outcome !== null && 'problem' in outcome;
}
