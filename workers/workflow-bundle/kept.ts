/**
 * Keeps the workflow bundle, by the hash of all that it is built from, for the next process. A bundle that does not belong to
 * the sources would break running workflows, so it is found by their content alone, never by their names or dates.
 */
import { createHash, randomUUID } from 'node:crypto';
import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

export interface BundlePlaces {
  /** The folder that has `workflows/` and the lock file of the packages. */
  readonly root: string;
  /** Where bundles are kept; made when it is missing. */
  readonly folder: string;
}

/** The kept bundle of the present sources. Without one, builds it, and keeps it if that is possible. */
export async function keptBundle({ root, folder }: BundlePlaces, build: () => Promise<string>): Promise<string> {
  const key = await sourcesKey(root);
  if (key === null) return build();
  const file = join(folder, `${key}.js`);
  const kept = codeOf(await readFile(file, 'utf8').catch(() => ''));
  if (kept !== null) return kept;
  const code = await build();
  // Sources that were changed meanwhile may be in the bundle under the hash of the former ones.
  if ((await sourcesKey(root)) === key) await keep(folder, file, code).catch(() => undefined);
  return code;
}

/** With its hash, as the first line; written aside and renamed, since other processes may read it meanwhile. Bundles of former sources are removed. */
async function keep(folder: string, file: string, code: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  const former = await readdir(folder);
  const temporary = join(folder, `${randomUUID()}.tmp`);
  try {
    await writeFile(temporary, `${hashOf(code)}\n${code}`);
    await rename(temporary, file);
  } finally {
    await rm(temporary, { force: true });
  }
  const obsolete = former.filter((name) => name.endsWith('.js') && join(folder, name) !== file);
  for (const name of obsolete) await rm(join(folder, name), { force: true });
}

/** Null for a file that is not whole: a machine that stopped may have kept its name and not its content. */
function codeOf(content: string): string | null {
  const end = content.indexOf('\n');
  const code = content.slice(end + 1);
  return content.slice(0, Math.max(0, end)) === hashOf(code) ? code : null;
}

function hashOf(code: string): string {
  return createHash('sha256').update(code).digest('hex');
}

/** Null without a lock file, as in the image: nothing else says which packages are in the bundle. */
async function sourcesKey(root: string): Promise<string | null> {
  const lockFile = await readFile(join(root, 'package-lock.json')).catch(() => null);
  if (lockFile === null) return null;
  const hash = createHash('sha256').update(process.version).update(lockFile);
  for (const folder of ['workflows', 'workers/workflow-bundle']) {
    const names = await readdir(join(root, folder), { recursive: true });
    for (const name of names.filter((path) => path.endsWith('.ts')).toSorted()) {
      hash.update(`\0${folder}/${name}\0`).update(await readFile(join(root, folder, name)));
    }
  }
  return hash.digest('hex');
}
