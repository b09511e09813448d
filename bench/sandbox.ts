/**
 * `npm run bench:sandbox`: what it takes to run the smallest code in the sandbox, against plain Python and bubblewrap alone. All take
 * turns, so that a busy machine slows all alike: the ratios tell more than the times.
 */
import { execFile } from 'node:child_process';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import { createJavaScriptSandbox } from '../activities/sandbox/javascript/javascript-sandbox.ts';
import type { CodeRequest, RunCode } from '../activities/sandbox/sandbox.ts';
import { createSandboxes } from '../activities/sandbox/sandboxes.ts';
import { toolPath } from '../workers/local/tools.ts';
import { percentile } from './measure.ts';

const rounds = 30;
/** In which a process that waits for JavaScript becomes ready. */
const pauseMilliseconds = 1_000;
const python = toolPath('python');
const packages = toolPath('pythonPackages');
const sandboxes = createSandboxes({
  python: { path: python },
  pythonPackages: { path: packages },
  furtherImports: [],
  containment: 'bubblewrap',
});

interface Contender {
  readonly name: string;
  /** Which one its time is divided by. */
  readonly comparedTo: string;
  readonly goalMilliseconds?: number;
  readonly run: () => Promise<unknown>;
}

const contenders: readonly Contender[] = [
  { name: 'plain Python', comparedTo: 'plain Python', run: program(python, ['-c', 'pass']) },
  {
    name: 'bubblewrap alone, Python in it',
    comparedTo: 'plain Python',
    run: program('bwrap', ['--unshare-all', '--ro-bind', '/', '/', python, '-c', 'pass']),
  },
  {
    name: 'our Python',
    comparedTo: 'plain Python',
    goalMilliseconds: 150,
    run: code(sandboxes.python, 'def main(inputs):\n    return 1\n'),
  },
  {
    name: 'plain Python with numpy',
    comparedTo: 'plain Python with numpy',
    run: program(python, ['-c', `import sys; sys.path.append(${JSON.stringify(packages)}); import numpy`]),
  },
  {
    name: 'our Python with numpy',
    comparedTo: 'plain Python with numpy',
    run: code(sandboxes.python, 'import numpy\ndef main(inputs):\n    return 1\n'),
  },
  { name: 'plain Node', comparedTo: 'plain Node', run: program(process.execPath, ['--eval', '0']) },
  { name: 'our JavaScript, cold', comparedTo: 'plain Node', run: coldJavaScript },
  {
    name: 'our JavaScript, warm',
    comparedTo: 'plain Node',
    goalMilliseconds: 15,
    run: code(sandboxes.javascript, 'const main = () => 1'),
  },
];

function program(file: string, parameters: readonly string[]): () => Promise<unknown> {
  return () => promisify(execFile)(file, parameters);
}

function request(source: string): CodeRequest {
  const limits = {
    seconds: 60,
    cpuSeconds: 30,
    memoryBytes: 2 ** 30,
    scratchBytes: 2 ** 24,
    scratchFiles: 100,
    processes: 32,
    openFiles: 64,
    outputBytes: 100_000,
    valueBytes: 100_000,
    fileBytes: 100_000,
    files: 10,
  };
  return { source, inputs: {}, files: [], limits, signal: new AbortController().signal };
}

function code(run: RunCode, source: string): () => Promise<void> {
  return async () => {
    const { outcome } = await run(request(source));
    if ('problem' in outcome) throw new Error(outcome.problem.message);
  };
}

async function coldJavaScript(): Promise<void> {
  const own = createJavaScriptSandbox();
  await code(own.run, 'const main = () => 1')();
  own.close();
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const began = performance.now();
  await work();
  return performance.now() - began;
}

const samples = new Map<string, number[]>(contenders.map(({ name }) => [name, []]));
for (let round = 0; round < rounds; round += 1) {
  for (const { name, run } of contenders) {
    await delay(name === 'our JavaScript, warm' ? pauseMilliseconds : 0);
    samples.get(name)?.push(await timed(run));
  }
}
sandboxes.close();

const middle = (name: string): number => percentile(samples.get(name) ?? [], 0.5);
process.stdout.write(`${rounds} rounds, in turns\n`);
for (const { name, comparedTo, goalMilliseconds } of contenders) {
  const [p50, p95] = [middle(name), percentile(samples.get(name) ?? [], 0.95)];
  const goal = goalMilliseconds === undefined ? '' : `; goal of p50: below ${goalMilliseconds} ms`;
  const ratio = name === comparedTo ? '' : `; ${(p50 / middle(comparedTo)).toFixed(2)} times ${comparedTo}`;
  process.stdout.write(`${name}: p50, p95 ${p50.toFixed(1)}, ${p95.toFixed(1)} ms${ratio}${goal}\n`);
}
