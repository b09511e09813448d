/**
 * The folders of code that nothing contains. The code may have made anything of its own, and a killed worker leaves it behind;
 * neither may cost a result or fill the disk.
 */
import { mkdtempSync } from 'node:fs';
import { chmod, readdir, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const prefix = 'lodestone-code-';

/** Far longer than any code runs. */
const leftBehindMilliseconds = 24 * 60 * 60 * 1000;

export function makeOwnFolder(): string {
  return mkdtempSync(join(tmpdir(), prefix));
}

/** Never rejects: what cannot be removed is tried again by a worker that starts later. */
export async function removeOwnFolder(folder: string): Promise<void> {
  try {
    await rm(folder, { recursive: true, force: true });
  } catch {
    await openFolders(folder).catch(() => undefined);
    await rm(folder, { recursive: true, force: true }).catch(() => undefined);
  }
}

/** Removes what killed workers have left behind. Never rejects. */
export async function removeLeftBehind(now = Date.now()): Promise<void> {
  const names = await readdir(tmpdir()).catch(() => []);
  for (const name of names.filter((one) => one.startsWith(prefix))) {
    const folder = join(tmpdir(), name);
    const made = await stat(folder).catch(() => null);
    if (made !== null && now - made.mtimeMs > leftBehindMilliseconds) await removeOwnFolder(folder);
  }
}

/** A folder without rights can be removed only when it is empty. Links are not followed. */
async function openFolders(folder: string): Promise<void> {
  await chmod(folder, 0o700);
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    if (entry.isDirectory()) await openFolders(join(folder, entry.name));
  }
}
