/** Starts a browser host as a separate process that outlives its worker, and waits until it listens. */
import { spawn } from 'node:child_process';
import { mkdir, open, readFile } from 'node:fs/promises';
import { getCompileCacheDir } from 'node:module';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { failure } from '../../failure.ts';
import { leashOf, type Leash } from './leash.ts';
import type { HostOptions } from './record.ts';

/**
 * A host has one session and 45 MB of live objects; without limits V8 lets three times as much garbage pile up before it
 * collects.
 */
const heapArguments = ['--max-old-space-size=512', '--max-semi-space-size=2'];
const mainFile = fileURLToPath(new URL('./main.ts', import.meta.url));

/**
 * `codeFolder` keeps the host's compiled code for the next ones: it takes most of the start of a process. Throws a `browser` failure with the host's last output when it ends before it is ready. The leash is to be released when
 * an owner has attached.
 */
export async function spawnHost(options: HostOptions, codeFolder = getCompileCacheDir()): Promise<Leash> {
  const { folder } = options;
  const temporary = join(folder, 'tmp');
  await mkdir(temporary, { recursive: true, mode: 0o700 });
  const log = await open(join(folder, 'log'), 'a', 0o600);
  try {
    const child = spawn(process.execPath, [...heapArguments, mainFile, JSON.stringify(options)], {
      // Its own session and process group: a Ctrl-C at the worker's terminal does not reach it.
      detached: true,
      cwd: folder,
      // Passes on nothing of the worker's environment, which holds secrets. The browser's profile goes to TMPDIR.
      env: {
        HOME: homedir(),
        TMPDIR: temporary,
        ...(codeFolder === undefined ? {} : { NODE_COMPILE_CACHE: codeFolder }),
      },
      stdio: ['ignore', log.fd, log.fd, 'pipe'],
    });
    child.unref();
    return await leashOf(child);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    const said = await readFile(join(folder, 'log'), 'utf8').catch(() => '');
    throw failure('browser', `the browser host did not start: ${why} ${said.slice(-500)}`.trim(), { cause: error });
  } finally {
    await log.close();
  }
}
