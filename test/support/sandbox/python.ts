/** The sandbox of tests, as the set-up made it, with small limits and all modules that probes import. */
import { createPythonSandbox, type PythonSandbox } from '../../../activities/sandbox/python/python-sandbox.ts';
import type { CodeRequest, CodeResult, SandboxLimits } from '../../../activities/sandbox/sandbox.ts';
import { toolPath } from '../../../workers/local/tools.ts';
import type { JsonValue } from '../../../workflows/contract/json/json.ts';

export const testLimits: SandboxLimits = {
  seconds: 60,
  cpuSeconds: 30,
  memoryBytes: 256 * 2 ** 20,
  scratchBytes: 16 * 2 ** 20,
  scratchFiles: 500,
  processes: 32,
  openFiles: 64,
  outputBytes: 100_000,
  valueBytes: 262_144,
  fileBytes: 1_000_000,
  files: 10,
};

const imports = [
  'ast',
  'ctypes',
  'cv2',
  'dataclasses',
  'glob',
  'lzma',
  'math',
  'mmap',
  'numpy',
  'os',
  'platform',
  'resource',
  'signal',
  'socket',
  'stat',
  'sys',
  'threading',
  'time',
  'traceback',
  'typing',
  'zoneinfo',
];

export const testSandbox: PythonSandbox = {
  python: toolPath('python'),
  packages: toolPath('pythonPackages'),
  imports,
};

export const runCode = createPythonSandbox(testSandbox);

export function runPython(
  source: string,
  inputs: JsonValue = {},
  rest: Partial<CodeRequest> = {},
): Promise<CodeResult> {
  return runCode({ source, inputs, files: [], limits: testLimits, signal: new AbortController().signal, ...rest });
}
