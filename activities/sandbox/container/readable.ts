/**
 * Makes the parts of a sandbox readable for its user, `nobody`, where a `umask` such as 077 has closed them: what `chmod -R o+rX` does.
 * None of them is secret, and the folders above them stay as they are.
 */
import { chmodSync, lstatSync, readdirSync, type Stats } from 'node:fs';
import { join } from 'node:path';

export function makeReadable(path: string): void {
  const stats = lstatSync(path);
  // Those within have been made by the same program as the folder.
  if (missingRights(stats) === 0) return;
  grant(path, stats);
}

function grant(path: string, stats: Stats): void {
  if (stats.isSymbolicLink()) return;
  const missing = missingRights(stats);
  if (missing !== 0 && !hasGranted(path, stats.mode | missing)) return;
  if (!stats.isDirectory()) return;
  for (const name of readdirSync(path)) grant(join(path, name), lstatSync(join(path, name)));
}

const mayRead = 0o004;
const mayExecute = 0o001;
const ownerExecutes = 0o100;

function missingRights({ mode }: Stats): number {
  const wanted = (mode & ownerExecutes) === 0 ? mayRead : mayRead | mayExecute;
  return wanted & ~mode;
}

/** False where the file system is read-only: bubblewrap then says what it cannot read. */
function hasGranted(path: string, mode: number): boolean {
  try {
    chmodSync(path, mode & 0o7777);
    return true;
  } catch {
    return false;
  }
}
