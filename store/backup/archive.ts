/** Writes a tar file, an entry at a time: what is written is never held as a whole. */
import { once } from 'node:events';
import { createReadStream } from 'node:fs';
import { open, stat } from 'node:fs/promises';
import { pack, type Pack } from 'tar-stream';
import { measured } from '../artifacts/verified.ts';
import type { StoredContent } from '../artifacts/contents.ts';

export class Archive {
  readonly #pack: Pack = pack();
  readonly #madeAt: Date;
  readonly #written: Promise<void>;

  constructor(path: string, madeAt: Date) {
    this.#madeAt = madeAt;
    this.#written = writeFile(this.#pack, path);
    // Told by the entry that is written at the time, or by `end`.
    this.#written.catch(() => undefined);
  }

  /** Text for programs. */
  async json(name: string, value: unknown): Promise<void> {
    const text = Buffer.from(`${JSON.stringify(value, null, 2)}\n`);
    await this.entry(name, text.byteLength, [text]);
  }

  async file(name: string, path: string): Promise<StoredContent> {
    return this.entry(name, (await stat(path)).size, createReadStream(path));
  }

  /** Returns what was written. Throws when it has not the size that was told. */
  async entry(
    name: string,
    size: number,
    content: Iterable<Uint8Array> | AsyncIterable<Uint8Array>,
  ): Promise<StoredContent> {
    const { promise: done, resolve, reject } = Promise.withResolvers<null>();
    const header = { name, size, mode: 0o600, mtime: this.#madeAt, type: 'file' as const };
    const entry = this.#pack.entry(header, (error) => (error ? reject(error) : resolve(null)));
    const { parts, stored } = measured(content);
    const write = async (): Promise<void> => {
      for await (const part of parts) if (!entry.write(part)) await once(entry, 'drain');
      entry.end(null);
      await done;
    };
    // A full disk ends the file, and then the entry would wait for ever.
    await Promise.race([write(), this.#written.then(() => Promise.reject(new Error('the file was closed early')))]);
    return stored();
  }

  /** Waits until all is on the disk. */
  async end(): Promise<void> {
    this.#pack.finalize();
    await this.#written;
  }

  /** After a failure. */
  destroy(): void {
    this.#pack.destroy();
  }
}

async function writeFile(content: Pack, path: string): Promise<void> {
  const file = await open(path, 'wx', 0o600);
  try {
    await file.writeFile(bytesOf(content));
    await file.sync();
  } finally {
    await file.close();
  }
}

/** The parts of one of tar-stream's streams, whose types tell nothing of them. */
export async function* bytesOf(stream: AsyncIterable<unknown>): AsyncGenerator<Uint8Array> {
  for await (const part of stream) {
    if (!(part instanceof Uint8Array)) throw new TypeError('a tar is made of bytes');
    yield part;
  }
}
