/** The sandboxes of this machine for generated code: from the settings, otherwise with the Python that the set-up found. */
import { SandboxUnavailable, type RunCode } from '../activities/sandbox/sandbox.ts';
import {
  createJavaScriptSandbox,
  type JavaScriptSandbox,
} from '../activities/sandbox/javascript/javascript-sandbox.ts';
import { createPythonSandbox } from '../activities/sandbox/python/python-sandbox.ts';
import type { WorkerSettings } from './config.ts';
import { toolPath } from './local/tools.ts';

export interface Sandboxes {
  readonly python: RunCode;
  readonly javascript: RunCode;
  /** Ends processes that wait for work. */
  readonly close: () => void;
}

/** Top-level modules that Python code may import. */
const pythonImports =
  'abc array base64 bisect collections copy csv cv2 dataclasses datetime decimal enum fractions functools hashlib heapq io itertools json lzma math numpy operator os pathlib random re statistics string struct sys textwrap time torch types typing unicodedata zlib'.split(
    ' ',
  );

/** Nothing is started before the first code runs: most workers run none. */
export function sandboxesOf(settings: WorkerSettings): Sandboxes {
  let python: RunCode | undefined;
  let javascript: JavaScriptSandbox | undefined;
  return {
    python: async (request) => {
      python ??= pythonOf(settings);
      return python(request);
    },
    javascript: async (request) => {
      javascript ??= createJavaScriptSandbox();
      return javascript.run(request);
    },
    close: () => javascript?.close(),
  };
}

function pythonOf(settings: WorkerSettings): RunCode {
  if (process.arch !== 'x64' && process.arch !== 'arm64') {
    throw new SandboxUnavailable(`it does not know the processor architecture ${process.arch}`);
  }
  return createPythonSandbox({
    python: settings.LODESTONE_PYTHON ?? foundBySetUp('python'),
    packages: settings.LODESTONE_PYTHON_PACKAGES ?? foundBySetUp('pythonPackages'),
    architecture: process.arch,
    imports: pythonImports,
  });
}

function foundBySetUp(tool: 'python' | 'pythonPackages'): string {
  try {
    return toolPath(tool);
  } catch (error) {
    throw new SandboxUnavailable(error instanceof Error ? error.message : String(error));
  }
}
