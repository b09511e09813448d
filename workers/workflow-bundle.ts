/**
 * The workflows as one bundle for Temporal's sandbox. A worker has it built in a separate process: the bundler takes
 * some 200 MB, which the worker would otherwise keep to its end.
 */
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { bundleWorkflowCode, DefaultLogger } from '@temporalio/worker';

const bundler = join(import.meta.dirname, 'bundler.ts');
/** The bundle has 2 MB. */
const mostBytes = 64 * 1024 * 1024;

/** Built in this process. */
export async function bundleWorkflows(): Promise<{ readonly code: string }> {
  const workflowsPath = fileURLToPath(new URL('../workflows/index.ts', import.meta.url));
  // The bundler's log of a successful bundle is not needed; its errors are thrown.
  return bundleWorkflowCode({ workflowsPath, logger: new DefaultLogger('WARN') });
}

/** Built in another process. Throws with that process's output when it fails. */
export async function bundleWorkflowsApart(): Promise<{ readonly code: string }> {
  const { stdout } = await promisify(execFile)(process.execPath, [bundler], { maxBuffer: mostBytes });
  return { code: stdout };
}
