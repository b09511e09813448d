import { spawnSync } from 'node:child_process';
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { bundleWorkflowCode, DefaultLogger } from '@temporalio/worker';
import { describe, expect, it, onTestFinished } from 'vitest';
import { bundleWorkflows, bundleWorkflowsApart } from '../../workers/workflow-bundle/bundle.ts';

const root = join(import.meta.dirname, '..', '..');
const logger = new DefaultLogger('ERROR', () => undefined);

async function plantedFile(folder: string, name: string, text: string): Promise<string> {
  const path = join(root, folder, name);
  await writeFile(path, text);
  onTestFinished(() => rm(path, { force: true }));
  return path;
}

describe('the workflow bundle', () => {
  it('is made of our workflows, and carries neither schemas, patterns nor activities', async () => {
    const { code } = await bundleWorkflows();
    expect(code).toContain('leadMagnetJob');
    expect(code).not.toContain('node_modules/zod');
    expect(code).not.toContain('node_modules/re2js');
    expect(code).not.toContain('node_modules/ajv');
    expect(code).not.toContain('./activities/');
  });

  it('is the same when a process of its own makes it, as workers have it made', async () => {
    const [{ code }, here] = await Promise.all([bundleWorkflowsApart(), bundleWorkflows()]);
    expect(code).toBe(here.code);
  });

  it('is refused when a workflow reaches for the file system, as this planted one does', async () => {
    const workflowsPath = join(import.meta.dirname, 'fixtures', 'reads-files.ts');
    await expect(bundleWorkflowCode({ workflowsPath, logger })).rejects.toThrow('Webpack finished with errors');
  });
});

describe('the layering checker', () => {
  const check = (): { status: number | null; stdout: string } =>
    spawnSync('node', ['scripts/check-layers.mjs'], { cwd: root, encoding: 'utf8' });

  it('passes the tree as it is, and fails on a planted arrow from a workflow to an activity', async () => {
    expect(check()).toMatchObject({ status: 0 });
    await plantedFile(
      'workflows',
      'planted-fault.ts',
      "import { failure } from '../activities/failure.ts';\nexport const x = failure;\n",
    );
    const { status, stdout } = check();
    expect(status).not.toBe(0);
    expect(stdout).toContain('workflows/planted-fault.ts → activities/failure.ts');
  });
});
