/** Marks a data folder as in use, and by which process: a second start reports where the first one is. */
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';

const LockSchema = z.object({ pid: z.int(), apiUrl: z.string() });

/** The lock's file in the data folder. */
export const lockName = 'running.json';

/** Takes the folder's lock. Throws with a sentence when a running process has it; `apiUrl` tells what it is. */
export async function takeLock(dataFolder: string, apiUrl: string): Promise<() => Promise<void>> {
  await mkdir(dataFolder, { recursive: true });
  const path = join(dataFolder, lockName);
  const held = await readFile(path, 'utf8').then(
    (text) => LockSchema.safeParse(JSON.parse(text)).data,
    () => undefined,
  );
  if (held !== undefined && held.pid !== process.pid && isAlive(held.pid)) {
    throw new Error(`Lodestone runs already in ${dataFolder} (process ${held.pid}): ${held.apiUrl}`);
  }
  await writeFile(path, JSON.stringify({ pid: process.pid, apiUrl }));
  return () => rm(path, { force: true });
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
