/**
 * Messages on a socket: a line of JSON, followed by as many raw bytes as its `bytes` says. A screenshot thus crosses
 * without being turned into text. Pure: bytes in, messages out.
 */
import { z } from 'zod';

export interface Frame {
  readonly message: unknown;
  readonly bytes: Uint8Array;
}

/** A line or a picture above this is no message of ours. */
const largestFrame = 64 * 1024 * 1024;
const newline = 0x0a;
const SizeSchema = z.object({ bytes: z.int().min(0).max(largestFrame).default(0) });

export function encodeFrame(message: object, bytes: Uint8Array = new Uint8Array()): Buffer {
  const line = JSON.stringify(bytes.byteLength === 0 ? message : { ...message, bytes: bytes.byteLength });
  return Buffer.concat([Buffer.from(`${line}\n`), bytes]);
}

/** Takes the pieces of a stream as they come and hands on whole frames. Throws on what cannot be one. */
export function createFrameReader(onFrame: (frame: Frame) => void): (piece: Uint8Array) => void {
  let waiting: Buffer = Buffer.alloc(0);
  return (piece) => {
    waiting = Buffer.concat([waiting, piece]);
    for (;;) {
      const end = waiting.indexOf(newline);
      if (end === -1) {
        if (waiting.byteLength > largestFrame) throw new Error('a message is too long');
        return;
      }
      const message: unknown = JSON.parse(waiting.toString('utf8', 0, end));
      const { bytes } = SizeSchema.parse(message);
      const start = end + 1;
      if (waiting.byteLength < start + bytes) return;
      const body = waiting.subarray(start, start + bytes);
      waiting = waiting.subarray(start + bytes);
      onFrame({ message, bytes: body });
    }
  };
}
