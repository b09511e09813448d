/** Whether code runs in the sandboxes of this machine, and whether what must hold holds: for the set-up and the doctor. */
import { createServer, type Server } from 'node:net';
import type { CodeRequest, CodeResult, RunCode, SandboxLimits } from '../sandbox.ts';
import { SandboxUnavailable } from '../sandbox.ts';
import type { Sandboxes } from '../sandboxes.ts';
import { packageModules } from '../python/imports.ts';
import { basicProbes } from './basic.ts';
import { runTogether } from './together.ts';

export interface TryOut {
  /** Why code of a language does not run; null where it does. */
  readonly python: string | null;
  readonly javascript: string | null;
  /** Why Python's packages cannot be imported; null where they can, and where Python does not run. */
  readonly packages: string | null;
  /** `held`, or what happened instead: those of each language that runs. */
  readonly probes: readonly { readonly tries: string; readonly outcome: string }[];
}

const limits: SandboxLimits = {
  seconds: 20,
  cpuSeconds: 10,
  memoryBytes: 256 * 2 ** 20,
  scratchBytes: 2 ** 20,
  scratchFiles: 50,
  processes: 32,
  openFiles: 64,
  outputBytes: 10_000,
  valueBytes: 10_000,
  fileBytes: 10_000,
  files: 1,
};

/**
 * `variable` is the value of some variable of this process's environment, which code must not find. Null runs no probe: they would
 * harm a machine that contains nothing.
 */
export async function tryOut(sandboxes: Sandboxes, variable: string | null): Promise<TryOut> {
  const [python, javascript] = await Promise.all([
    problemOf(sandboxes.python, request(simplePython)),
    problemOf(sandboxes.javascript, request('const main = () => 1')),
  ]);
  const [packages, ...probes] = await Promise.all([
    python === null ? problemOf(sandboxes.python, withPackages) : null,
    variable === null || python !== null ? [] : told('Python', pythonProbes(sandboxes.python, variable)),
    variable === null || javascript !== null ? [] : told('JavaScript', javaScriptProbe(sandboxes.javascript)),
  ]);
  return { python, javascript, packages, probes: probes.flat() };
}

const simplePython = 'def main(inputs):\n    return 1\n';
const withPackages = {
  ...request(simplePython, { ...limits, memoryBytes: 2 ** 30 }),
  preload: packageModules,
};

function request(source: string, own: SandboxLimits = limits): CodeRequest {
  return { source, inputs: null, files: [], limits: own, signal: new AbortController().signal };
}

async function problemOf(run: RunCode, asked: CodeRequest): Promise<string | null> {
  try {
    const { outcome } = await run(asked);
    return 'problem' in outcome ? `${outcome.problem.type}: ${outcome.problem.message}` : null;
  } catch (error) {
    if (error instanceof SandboxUnavailable) return error.message;
    throw error;
  }
}

/** A language that runs and cannot be probed is a fault, not a language without probes. */
async function told(language: string, probes: Promise<TryOut['probes']>): Promise<TryOut['probes']> {
  try {
    return await probes;
  } catch (error) {
    if (!(error instanceof SandboxUnavailable)) throw error;
    return [{ tries: `all probes of ${language}`, outcome: error.message }];
  }
}

async function pythonProbes(python: RunCode, variable: string): Promise<TryOut['probes']> {
  const sleeping = request('import time\ndef main(inputs):\n    time.sleep(60)\n', { ...limits, seconds: 1 });
  const [together, alone] = await Promise.all([
    basicProbesOf(python, variable),
    aloneProbe('run past its seconds', isAtLimit, () => python(sleeping)),
  ]);
  return [...together, alone];
}

async function javaScriptProbe(javascript: RunCode): Promise<TryOut['probes']> {
  const reaching = request('const main = () => typeof process + typeof require');
  return [await aloneProbe('reach Node from JavaScript', isUndefined, () => javascript(reaching))];
}

async function aloneProbe(tries: string, isHeld: (result: CodeResult) => boolean, run: () => Promise<CodeResult>) {
  const result = await run();
  return { tries, outcome: isHeld(result) ? 'held' : JSON.stringify(result.outcome) };
}

function isAtLimit({ outcome }: CodeResult): boolean {
  return 'problem' in outcome && outcome.problem.type === 'time_limit';
}

function isUndefined({ outcome }: CodeResult): boolean {
  return 'value' in outcome && outcome.value === 'undefinedundefined';
}

async function basicProbesOf(python: RunCode, variable: string): Promise<TryOut['probes']> {
  const abstract = `lodestone-probe-${process.pid}`;
  const server = createServer((socket) => socket.end());
  const local = createServer((socket) => socket.end());
  try {
    const [port] = await Promise.all([
      listening(server, { host: '127.0.0.1', port: 0 }),
      listening(local, { path: `\0${abstract}` }),
    ]);
    const bait = { file: '/etc/passwd', port, abstract, variable, process: process.pid };
    const outcomes = await runTogether(python, basicProbes, { bait, limits });
    return basicProbes.map(({ kind, tries }) => ({ tries: `${kind}: ${tries}`, outcome: outcomes.get(tries) ?? '' }));
  } finally {
    server.close();
    local.close();
  }
}

function listening(server: Server, where: { host: string; port: number } | { path: string }): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(where, () => {
      const address = server.address();
      resolve(typeof address === 'object' && address !== null ? address.port : 0);
    });
  });
}
