/**
 * The workflows as one piece of code for Temporal's sandbox. A worker has it made by a process of its own: the bundler
 * takes some 200 MB, which a process that has needed it once would keep to its end.
 */
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { bundleWorkflowCode, DefaultLogger } from '@temporalio/worker';

const bundler = join(import.meta.dirname, 'bundler.ts');
/** The bundle has 2 MB. */
const mostBytes = 64 * 1024 * 1024;

/** Made in this process. */
export async function bundleWorkflows(): Promise<{ readonly code: string }> {
  const workflowsPath = fileURLToPath(new URL('../workflows/index.ts', import.meta.url));
  // What the bundler says of a bundle that it made is of no interest; its errors are thrown.
  return bundleWorkflowCode({ workflowsPath, logger: new DefaultLogger('WARN') });
}

/** Made in another process. Throws with what it said when it could not make one. */
export async function bundleWorkflowsApart(): Promise<{ readonly code: string }> {
  const { stdout } = await promisify(execFile)(process.execPath, [bundler], { maxBuffer: mostBytes });
  return { code: stdout };
}
