/** Computes hashes of content that is passed on part by part: large content neither fills the memory nor blocks the process. */
import { createHash } from 'node:crypto';
import { ContentProblem, type StoredContent } from './contents.ts';

const partBytes = 256 * 1024;

/** Content that is at hand, in parts. */
export function* inParts(content: Uint8Array): Generator<Uint8Array> {
  for (let start = 0; start < content.byteLength; start += partBytes) {
    yield content.subarray(start, start + partBytes);
  }
}

export interface Measured {
  readonly parts: AsyncIterable<Uint8Array>;
  /** Of the parts that were taken so far. */
  readonly stored: () => StoredContent;
}

/** Passes content on and measures it. */
export function measured(content: Iterable<Uint8Array> | AsyncIterable<Uint8Array>): Measured {
  const hash = createHash('sha256');
  let bytes = 0;
  return {
    parts: (async function* () {
      for await (const part of content) {
        hash.update(part);
        bytes += part.byteLength;
        yield part;
      }
    })(),
    stored: () => ({ sha256: hash.copy().digest('hex'), bytes }),
  };
}

/** Passes content on and fails before its last part when it has another hash: truncated or changed content never looks complete. */
export async function* verified(sha256: string, content: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  const { parts, stored } = measured(content);
  let held: Uint8Array | null = null;
  for await (const part of parts) {
    if (held !== null) yield held;
    held = part;
  }
  if (stored().sha256 !== sha256) throw new ContentProblem('damaged', sha256);
  if (held !== null) yield held;
}
