// Reads files out of a zip archive (a Python wheel is one), so that neither unzip nor Python is needed.
// Only what such archives use: stored or deflated entries below 4 GiB.
import { inflateRawSync } from 'node:zlib';

const END_OF_DIRECTORY = 0x06054b50;
const DIRECTORY_ENTRY = 0x02014b50;
const STORED = 0;
const DEFLATED = 8;

/**
 * @param {Buffer} archive
 * @param {(name: string) => boolean} wanted
 * @returns {Buffer}
 */
export function readZipEntry(archive, wanted) {
  for (const { name, read } of zipEntries(archive)) {
    if (wanted(name)) return read();
  }
  throw new Error('the archive does not hold the file that is wanted');
}

/**
 * Every file of the archive; folders are left out.
 * @param {Buffer} archive
 * @returns {Generator<{ name: string, read: () => Buffer }>}
 */
export function* zipEntries(archive) {
  for (const entry of directoryOf(archive)) {
    if (entry.name.endsWith('/')) continue;
    const nameLength = archive.readUInt16LE(entry.offset + 26);
    const extraLength = archive.readUInt16LE(entry.offset + 28);
    const start = entry.offset + 30 + nameLength + extraLength;
    const bytes = archive.subarray(start, start + entry.compressedSize);
    yield { name: entry.name, read: () => contentOf(entry, bytes) };
  }
}

/** @typedef {{ name: string, method: number, size: number, compressedSize: number, offset: number }} Entry */

/** @param {Buffer} archive @returns {Generator<Entry>} */
function* directoryOf(archive) {
  const end = endOfDirectory(archive);
  const count = archive.readUInt16LE(end + 10);
  let at = archive.readUInt32LE(end + 16);
  for (let index = 0; index < count; index += 1) {
    if (archive.readUInt32LE(at) !== DIRECTORY_ENTRY) throw new Error('the archive is damaged');
    const nameLength = archive.readUInt16LE(at + 28);
    yield {
      name: archive.toString('utf8', at + 46, at + 46 + nameLength),
      method: archive.readUInt16LE(at + 10),
      compressedSize: archive.readUInt32LE(at + 20),
      size: archive.readUInt32LE(at + 24),
      offset: archive.readUInt32LE(at + 42),
    };
    at += 46 + nameLength + archive.readUInt16LE(at + 30) + archive.readUInt16LE(at + 32);
  }
}

/** It is at the very end but for a comment of at most 64 KiB. @param {Buffer} archive */
function endOfDirectory(archive) {
  for (let at = archive.length - 22; at >= Math.max(0, archive.length - 22 - 0xffff); at -= 1) {
    if (archive.readUInt32LE(at) === END_OF_DIRECTORY) return at;
  }
  throw new Error('this is not a zip archive');
}

/** @param {Entry} entry @param {Buffer} bytes */
function contentOf({ name, method, size }, bytes) {
  if (method !== STORED && method !== DEFLATED) throw new Error(`${name} is compressed by an unknown method`);
  const content = method === STORED ? bytes : inflateRawSync(bytes);
  if (content.length !== size) throw new Error(`${name} is damaged in the archive`);
  return content;
}
