/** The sandboxes of this machine for generated code: from the settings, otherwise with what the set-up found. */
import { createSandboxes, type Sandboxes, type SandboxTool } from '../activities/sandbox/sandboxes.ts';
import type { WorkerSettings } from './config.ts';
import { toolPath } from './local/tools.ts';

export interface WorkerSandboxes extends Sandboxes {
  /** Starts what makes the first run as quick as the others. */
  readonly prepare: () => void;
}

/** Nothing is started before it is needed: the workers of most queues run no code. */
export function sandboxesOf(settings: WorkerSettings): WorkerSandboxes {
  const { LODESTONE_PYTHON: python, LODESTONE_PYTHON_PACKAGES: packages } = settings;
  let made: Sandboxes | undefined;
  const sandboxes = (): Sandboxes =>
    (made ??= createSandboxes({
      python: python === undefined ? foundBySetUp('python') : { path: python },
      pythonPackages: packages === undefined ? foundBySetUp('pythonPackages') : { path: packages },
      furtherImports: settings.LODESTONE_SANDBOX_IMPORTS,
      containment: settings.LODESTONE_SANDBOX,
    }));
  return {
    python: (request) => sandboxes().python(request),
    javascript: (request) => sandboxes().javascript(request),
    prepare: () => void sandboxes(),
    close: () => made?.close(),
  };
}

function foundBySetUp(tool: 'python' | 'pythonPackages'): SandboxTool {
  try {
    return { path: toolPath(tool) };
  } catch (error) {
    return { missing: error instanceof Error ? error.message : String(error) };
  }
}
