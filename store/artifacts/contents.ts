/**
 * Where the content of files is kept, by its SHA-256: a folder today. The port asks for what object stores can do as well:
 * no rename, no folders, no write at an offset. A put may take a stream whose hash is known only at its end.
 */
import type { Readable } from 'node:stream';

export interface StoredContent {
  readonly sha256: string;
  readonly bytes: number;
}

export interface ContentHead {
  readonly bytes: number;
  /** When it was last put: a put of the same content counts, though it is stored once. */
  readonly putAt: Date;
}

export interface ListedContent extends ContentHead {
  readonly sha256: string;
}

/** Both ends are part of the range. */
export interface ByteRange {
  readonly start: number;
  readonly end: number;
}

export interface Contents {
  /** Stores all of the content or nothing. A stream is written part by part and is never in memory as a whole. */
  put(content: Uint8Array | AsyncIterable<Uint8Array>): Promise<StoredContent>;
  /** Null when there is no such content. */
  head(sha256: string): Promise<ContentHead | null>;
  /**
   * The content as a stream, which fails with `ContentProblem` when there is none. Whole content is verified: the stream
   * fails before its last part when the hash is another one.
   */
  read(sha256: string, range?: ByteRange): Readable;
  /** The content whose hash begins so, in the order of the hashes. */
  list(prefix: string): AsyncIterable<ListedContent>;
  /** Removes content that was last put before that time. False when it was put since then, or does not exist. */
  remove(sha256: string, putBefore: Date): Promise<boolean>;
  /**
   * Removes what died processes left unfinished before that time, and returns how many there were. A prefix of hashes
   * bounds the look; what has no hash yet belongs to each prefix.
   */
  removeUnfinished(prefix: string, before: Date): Promise<number>;
}

/** What to check when content that a row names is not there; processes with a PostgreSQL database may have several folders. */
export const sharedContentHint =
  'Every API and worker needs the same folder "artifacts" in its LODESTONE_DATA_DIR, whatever database they share';

/** Content that is not there, or is not what it was. */
export class ContentProblem extends Error {
  override readonly name = 'ContentProblem';
  readonly kind: 'missing' | 'damaged';

  constructor(kind: 'missing' | 'damaged', sha256: string) {
    super(
      kind === 'missing'
        ? `the store has no content ${sha256}. ${sharedContentHint}`
        : `the stored content ${sha256} is damaged`,
    );
    this.kind = kind;
  }
}

/** Throws unless the text is a SHA-256 in lower-case hex, so that no path out of the folder can be made of it. */
export function checkHash(sha256: string): void {
  if (!/^[0-9a-f]{64}$/.test(sha256)) throw new Error('not a content hash');
}
