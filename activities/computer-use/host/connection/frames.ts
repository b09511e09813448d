/**
 * The wire format of a socket's messages: one line of JSON, followed by as many raw bytes as its `bytes` field says, so
 * that screenshots are not encoded as text. Pure: bytes in, messages out.
 */
import { z } from 'zod';

export interface Frame {
  readonly message: unknown;
  readonly bytes: Uint8Array;
}

/** A longer line or larger content is not a valid message. */
const largestFrame = 64 * 1024 * 1024;
const newline = 0x0a;
const SizeSchema = z.object({ bytes: z.int().min(0).max(largestFrame).default(0) });

export function encodeFrame(message: object, bytes: Uint8Array = new Uint8Array()): Buffer {
  const line = JSON.stringify(bytes.byteLength === 0 ? message : { ...message, bytes: bytes.byteLength });
  return Buffer.concat([Buffer.from(`${line}\n`), bytes]);
}

/** Collects the chunks of a stream and emits whole frames. Throws on an invalid frame. */
export function createFrameReader(onFrame: (frame: Frame) => void): (piece: Uint8Array) => void {
  let pieces: Uint8Array[] = [];
  let size = 0;
  /** A message whose bytes have not all arrived. */
  let head: { readonly message: unknown; readonly bytes: number } | null = null;

  const joined = (): Buffer => {
    const whole = Buffer.concat(pieces);
    pieces = [whole];
    return whole;
  };
  const drop = (count: number): void => {
    pieces = [joined().subarray(count)];
    size -= count;
  };
  const readHead = (): typeof head => {
    const whole = joined();
    const end = whole.indexOf(newline);
    if (end === -1) return null;
    const message: unknown = JSON.parse(whole.toString('utf8', 0, end));
    drop(end + 1);
    return { message, bytes: SizeSchema.parse(message).bytes };
  };
  return (piece) => {
    pieces.push(piece);
    size += piece.byteLength;
    if (size > largestFrame) throw new Error('a message is too long');
    for (;;) {
      head ??= readHead();
      // Chunks are concatenated once, when all have arrived.
      if (head === null || size < head.bytes) return;
      const { message, bytes } = head;
      const body = joined().subarray(0, bytes);
      drop(bytes);
      head = null;
      onFrame({ message, bytes: body });
    }
  };
}
