/** The command as a process of its own, against the app on loopback. */
import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { onTestFinished, vi } from 'vitest';
import { serveApp, testApi, type Api } from '../api/harness.ts';

// A test starts up to a dozen processes, each of which takes seconds on a machine that has other work.
vi.setConfig({ testTimeout: 300_000 });

const entry = fileURLToPath(new URL('../../../client/cli/lodestone.mjs', import.meta.url));

export interface Ended {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

export function runCommand(url: string, ...args: readonly string[]): Promise<Ended> {
  return new Promise((resolve) => {
    const environment = { ...process.env, LODESTONE_URL: url };
    execFile(process.execPath, [entry, ...args], { env: environment }, (error, stdout, stderr) => {
      resolve({ code: error === null ? 0 : Number(error.code), stdout, stderr });
    });
  });
}

/** The command while it runs. */
export function startCommand(
  url: string,
  ...args: readonly string[]
): ChildProcess & { readonly ended: Promise<Ended> } {
  const child = spawn(process.execPath, [entry, ...args], {
    env: { ...process.env, LODESTONE_URL: url },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  const ended = Promise.all([text(child.stdout), text(child.stderr), once(child, 'exit')]).then(
    ([stdout, stderr, [code]]) => ({ code: Number(code), stdout, stderr }),
  );
  return Object.assign(child, { ended });
}

/** The API with its address, and a folder for files; both are gone when the test is over. */
export async function servedFolder(): Promise<Api & { readonly url: string; readonly folder: string }> {
  const api = await testApi();
  const folder = await mkdtemp(join(tmpdir(), 'lodestone-command-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return { ...api, url: await serveApp(api.app), folder };
}
