/**
 * Reads files by path, below the folders that the operator has allowed. Links are resolved first, and devices and pipes are not
 * opened. A folder may be replaced by a link between the two, so Linux is asked where the file that was opened is, and that
 * place is judged. Other systems don't tell: there the path is resolved once more, and who may write below an allowed folder
 * could change it back before.
 */
import { constants } from 'node:fs';
import { open, readlink, realpath, stat, type FileHandle } from 'node:fs/promises';
import { isAbsolute, relative, sep } from 'node:path';
import { FileRefusal } from '../../../workflows/contract/tools/file-content.ts';

/** Throws `FileRefusal`. */
export async function readBelow(roots: readonly string[], path: string, mostBytes: number): Promise<Buffer> {
  if (roots.length === 0)
    throw new FileRefusal('is not read: no folder is allowed (LODESTONE_FILE_ROOTS); send it in files');
  if (!isAbsolute(path) || path.includes('\0')) throw new FileRefusal('is not an absolute path');
  const target = await realpath(path).catch(() => undefined);
  const allowed = await Promise.all(roots.map((root) => realpath(root).catch(() => undefined)));
  const isAllowed = (place: string): boolean => allowed.some((root) => root !== undefined && isBelow(root, place));
  // Whether a file outside exists is not told either.
  if (target === undefined || !isAllowed(target)) {
    throw new FileRefusal('is not there, or not below the allowed folders');
  }
  return readTarget(target, isAllowed, mostBytes);
}

function isBelow(root: string, target: string): boolean {
  const way = relative(root, target);
  return way !== '' && way !== '..' && !way.startsWith(`..${sep}`) && !isAbsolute(way);
}

async function readTarget(target: string, isAllowed: (place: string) => boolean, mostBytes: number): Promise<Buffer> {
  const seen = await stat(target);
  if (!seen.isFile()) throw new FileRefusal('is no regular file');
  if (seen.size > mostBytes) throw new FileRefusal(`has ${seen.size} bytes, more than ${mostBytes}`);
  const flags = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;
  const file = await open(target, flags).catch(() => {
    throw new FileRefusal('cannot be read');
  });
  try {
    const opened = await file.stat();
    const isSame = opened.isFile() && opened.ino === seen.ino && opened.dev === seen.dev;
    if (!isSame || !isAllowed(await placeOf(file, target))) throw new FileRefusal('was replaced while it was read');
    const { buffer, bytesRead } = await file.read(Buffer.alloc(seen.size + 1), 0, seen.size + 1, 0);
    if (bytesRead > seen.size) throw new FileRefusal('grew while it was read');
    return buffer.subarray(0, bytesRead);
  } finally {
    await file.close();
  }
}

/** Where an opened file is, whatever its path leads to by now. */
async function placeOf({ fd }: FileHandle, target: string): Promise<string> {
  return readlink(`/proc/self/fd/${fd}`).catch(() => realpath(target));
}
