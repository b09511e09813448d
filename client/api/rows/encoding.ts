/**
 * Detects the encoding of a file from its first bytes, and decodes bytes. Without state: the input ends with a complete
 * character.
 */
import iconv from 'iconv-lite';
import type { TextEncoding } from '../../../workflows/contract/batches/table-format.ts';

/** Enough bytes to see a byte order mark, and the positions of NULs. */
export const markBytes = 4096;

interface Mark {
  readonly encoding: TextEncoding;
  readonly bytes: readonly number[];
}
const marks: readonly Mark[] = [
  { encoding: 'utf-8', bytes: [0xef, 0xbb, 0xbf] },
  { encoding: 'utf-16le', bytes: [0xff, 0xfe] },
  { encoding: 'utf-16be', bytes: [0xfe, 0xff] },
];

/** The byte order mark at the beginning of a file, if any. */
export function markOf(head: Uint8Array): Mark | undefined {
  return marks.find(({ bytes }) => bytes.every((byte, index) => head[index] === byte));
}

/** UTF-16 text has delimiters, line breaks and digits, of which one of two bytes is NUL. */
export function utf16WithoutMark(head: Uint8Array): 'utf-16le' | 'utf-16be' | undefined {
  const nuls = [0, 0];
  for (const [index, byte] of head.entries()) if (byte === 0) nuls[index % 2] = (nuls[index % 2] ?? 0) + 1;
  const [even = 0, odd = 0] = nuls;
  const enough = Math.max(2, head.length / 2 / 10);
  if (odd > enough && odd > 4 * even) return 'utf-16le';
  return even > enough && even > 4 * odd ? 'utf-16be' : undefined;
}

export function firstBeyondAscii(bytes: Uint8Array): number {
  return bytes.findIndex((byte) => byte > 0x7f);
}

export function isUtf8(bytes: Uint8Array): boolean {
  return decodable('utf-8', bytes);
}

/** How many of the bytes make complete characters: the rest is prepended to the next ones. */
export function wholeCharacters(encoding: TextEncoding, bytes: Uint8Array): number {
  const { length } = bytes;
  if (encoding === 'utf-8') {
    for (let back = 1; back <= Math.min(3, length); back += 1) {
      const byte = bytes[length - back] ?? 0;
      if (byte >= 0xc0) return back < sequenceLength(byte) ? length - back : length;
    }
    return length;
  }
  if (encoding !== 'utf-16le' && encoding !== 'utf-16be') return length;
  const even = length - (length % 2);
  const high = bytes[encoding === 'utf-16le' ? even - 1 : even - 2] ?? 0;
  return high >= 0xd8 && high <= 0xdb ? even - 2 : even;
}

/** The number of bytes of a UTF-8 character that begins with this one. */
function sequenceLength(first: number): number {
  if (first >= 0xf0) return 4;
  return first >= 0xe0 ? 3 : 2;
}

/** Null when the bytes are not valid in this encoding. */
export function decode(encoding: TextEncoding, bytes: Uint8Array): string | null {
  if (isCodePage(encoding)) {
    const text = iconv.decode(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length), encoding);
    return text.includes('\uFFFD') ? null : text;
  }
  try {
    return new TextDecoder(encoding, { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch (error) {
    if (error instanceof TypeError) return null;
    throw error;
  }
}

/** The text before the first invalid bytes. */
export function decodeUntilWrong(encoding: TextEncoding, bytes: Uint8Array): string {
  if (isCodePage(encoding)) return iconv.decode(Buffer.from(bytes), encoding).split('\uFFFD')[0] ?? '';
  let good = 0;
  let bad = bytes.length;
  while (bad - good > 1) {
    const middle = Math.floor((good + bad) / 2);
    const part = bytes.subarray(0, middle);
    if (decodable(encoding, part.subarray(0, wholeCharacters(encoding, part)))) good = middle;
    else bad = middle;
  }
  const part = bytes.subarray(0, good);
  return decode(encoding, part.subarray(0, wholeCharacters(encoding, part))) ?? '';
}

function decodable(encoding: TextEncoding, bytes: Uint8Array): boolean {
  return decode(encoding, bytes) !== null;
}

/**
 * Windows code pages have bytes without a character, which the platform's decoder would return as control characters.
 */
function isCodePage(encoding: TextEncoding): boolean {
  return encoding.startsWith('windows-');
}
