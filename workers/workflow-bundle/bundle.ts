/**
 * The workflows as one bundle for Temporal's sandbox. A worker has it built in a separate process: the bundler takes
 * some 200 MB, which the worker would otherwise keep to its end.
 */
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { bundleWorkflowCode, DefaultLogger } from '@temporalio/worker';
import { keptBundle } from './kept.ts';

export interface WorkflowBundle {
  readonly code: string;
}

const root = join(import.meta.dirname, '..', '..');
const bundler = join(import.meta.dirname, 'main.ts');
const traceInterceptors = join(import.meta.dirname, 'trace-interceptors.ts');
/** The bundle has 2 MB. */
const mostBytes = 64 * 1024 * 1024;

/** With or without what makes spans of workflows. A workflow can go on in either, whichever it began in. */
export type BundleKind = 'plain' | 'traced';

/** Built in this process. */
export async function bundleWorkflows(kind: BundleKind = 'plain'): Promise<WorkflowBundle> {
  const workflowsPath = join(root, 'workflows', 'index.ts');
  return bundleWorkflowCode({
    workflowsPath,
    workflowInterceptorModules: kind === 'traced' ? [traceInterceptors] : [],
    // The bundler's log of a successful bundle is not needed; its errors are thrown.
    logger: new DefaultLogger('WARN'),
  });
}

/** Built in another process. Throws with that process's output when it fails. */
export async function bundleWorkflowsApart(kind: BundleKind = 'plain'): Promise<WorkflowBundle> {
  const { stdout } = await promisify(execFile)(process.execPath, [bundler, kind], { maxBuffer: mostBytes });
  return { code: stdout };
}

/** The bundle that an earlier process built of the same sources, or else built in another process. */
export async function workflowBundle(kind: BundleKind = 'plain'): Promise<WorkflowBundle> {
  const folder = join(root, '.lodestone', 'cache', 'workflow-bundle', kind);
  const code = await keptBundle({ root, folder }, async () => (await bundleWorkflowsApart(kind)).code);
  return { code };
}
