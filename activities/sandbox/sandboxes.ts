/** The sandboxes of a worker, one for each language. A language that this machine cannot contain rejects every run. */
import { architectureHere } from './container/system-calls.ts';
import { bubblewrap, unsafe, type Containment } from './containment.ts';
import { createJavaScriptSandbox } from './javascript/javascript-sandbox.ts';
import { usualImports } from './python/imports.ts';
import { removeLeftBehind } from './own-folders.ts';
import { createPythonSandbox } from './python/python-sandbox.ts';
import { SandboxUnavailable, type RunCode } from './sandbox.ts';

/** A program or folder of this machine, or a sentence that says how to get it. */
export type SandboxTool = { readonly path: string } | { readonly missing: string };

export interface SandboxSettings {
  /** The interpreter, by its absolute path. */
  readonly python: SandboxTool;
  /** The folder of Python packages; without it code has the standard library alone. */
  readonly pythonPackages: SandboxTool;
  /** Top-level modules of Python that may be imported besides the usual ones. */
  readonly furtherImports: readonly string[];
  /** `unsafe` runs code as an ordinary process of the worker's user, with limits alone. Never chosen by itself. */
  readonly containment: 'bubblewrap' | 'unsafe';
}

export interface Sandboxes {
  readonly python: RunCode;
  readonly javascript: RunCode;
  /** Ends the processes that wait for a request. */
  readonly close: () => void;
}

export function createSandboxes(settings: SandboxSettings): Sandboxes {
  const containment = settings.containment === 'unsafe' ? unsafe : bubblewrap;
  if (architectureHere() === null) {
    const nothing = unavailable(`it exists for Linux on x64 and arm64, not for ${process.platform} on ${process.arch}`);
    return { python: nothing, javascript: nothing, close: () => undefined };
  }
  if (!containment.contained) void removeLeftBehind();
  const javascript = createJavaScriptSandbox(containment);
  return { python: pythonOf(settings, containment), javascript: javascript.run, close: javascript.close };
}

function unavailable(why: string): RunCode {
  return () => Promise.reject(new SandboxUnavailable(why));
}

function pythonOf({ python, pythonPackages, furtherImports }: SandboxSettings, containment: Containment): RunCode {
  if ('missing' in python) return unavailable(python.missing);
  const sandbox = {
    python: python.path,
    packages: 'path' in pythonPackages ? pythonPackages.path : null,
    imports: [...usualImports, ...furtherImports],
  };
  return createPythonSandbox(sandbox, containment);
}
