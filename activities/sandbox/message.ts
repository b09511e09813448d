/**
 * The form of requests to and results from a sandbox: the length of a JSON header in 4 bytes, the header, and the bytes
 * of the files that it lists, one after the other.
 */
import { z } from 'zod';
import { isJsonObject, type JsonObject } from '../../workflows/contract/json/json.ts';
import { describeFlaw, readStrictJson } from '../../workflows/contract/json/strict-json.ts';
import type { SandboxFile, SandboxLimits } from './sandbox.ts';

export interface Message {
  readonly header: JsonObject;
  readonly files: readonly SandboxFile[];
}

/** A result that breaks the form or a limit; its sender is hostile code, so this is an outcome and no fault of ours. */
export class BadMessage extends Error {
  override readonly name = 'BadMessage';
}

export function writeMessage({ header, files }: Message): readonly Uint8Array[] {
  const listed = files.map(({ name, bytes }) => ({ name, size: bytes.byteLength }));
  const text = Buffer.from(JSON.stringify({ ...header, files: listed }));
  const length = Buffer.alloc(lengthBytes);
  length.writeUInt32BE(text.byteLength);
  return [length, text, ...files.map(({ bytes }) => bytes)];
}

/** Names that are safe in every file system, and no path. */
const fileName = /^[\p{L}\p{N}_][\p{L}\p{N}_. ()+@-]{0,199}$/u;

const ListSchema = z.array(z.strictObject({ name: z.string().regex(fileName), size: z.int().nonnegative() }));

const lengthBytes = 4;

/** The most bytes that a message within the limits has. */
export function longestMessage({ valueBytes, fileBytes }: SandboxLimits): number {
  return lengthBytes + valueBytes + fileBytes;
}

/** Reads a whole message. Throws `BadMessage`. */
export function readMessage(bytes: Buffer, limits: SandboxLimits): Message {
  if (bytes.byteLength < lengthBytes) throw new BadMessage('the code ended without a result');
  const start = lengthBytes + bytes.readUInt32BE();
  if (start - lengthBytes > limits.valueBytes)
    throw new BadMessage(`the value is larger than ${limits.valueBytes} bytes`);
  if (start > bytes.byteLength) throw new BadMessage('the result is cut off');
  const header = headerOf(bytes.toString('utf8', lengthBytes, start));
  const announced = header['files'];
  // Before each is looked at: a hostile list is as long as the header.
  if (Array.isArray(announced) && announced.length > limits.files) {
    throw new BadMessage(`more than ${limits.files} files were written`);
  }
  const listed = ListSchema.safeParse(announced);
  if (!listed.success)
    throw new BadMessage('the list of written files is not valid: use plain names of up to 200 characters');
  if (new Set(listed.data.map(({ name }) => name)).size < listed.data.length) {
    throw new BadMessage('two written files have one name');
  }
  let offset = start;
  const files = listed.data.map(({ name, size }) => {
    const end = offset + size;
    if (end > bytes.byteLength) throw new BadMessage('the result is cut off');
    const file = { name, bytes: bytes.subarray(offset, end) };
    offset = end;
    return file;
  });
  return { header, files };
}

function headerOf(text: string): JsonObject {
  const read = readStrictJson(text, 'text');
  if (read.ok && isJsonObject(read.value)) return read.value;
  const [flaw] = read.ok ? [] : read.flaws;
  throw new BadMessage(flaw === undefined ? 'the result is no JSON object' : describeFlaw(flaw, 'the result'));
}
