/**
 * What a backup says of itself. A backup is one tar: the header first, so that a program that cannot read the rest refuses at
 * once; each content under its hash; the databases; the manifest last, without which the file is cut off.
 */
import { createHash } from 'node:crypto';
import { z } from 'zod';

/** Counts up when an older program cannot read what a newer one writes. */
export const backupFormat = 1;
export const headerName = 'backup.json';
export const manifestName = 'manifest.json';
/** The name of a content in the tar; its hash follows. */
export const contentsPrefix = 'contents/';

/** The databases, under the names of their files in the data folder. */
export const storeDatabase = 'lodestone.db';
export const temporalDatabase = 'temporal.db';
const DatabaseNameSchema = z.enum([storeDatabase, temporalDatabase]);
export type DatabaseName = z.infer<typeof DatabaseNameSchema>;

const sha256 = z.string().regex(/^[0-9a-f]{64}$/);

export const HeaderSchema = z.object({
  format: z.int(),
  release: z.string(),
  /** The newest migration of the store's database. */
  migration: z.string(),
  madeAt: z.iso.datetime(),
});
export type Header = z.infer<typeof HeaderSchema>;

export const ManifestSchema = z.object({
  databases: z.array(z.object({ name: DatabaseNameSchema, bytes: z.int(), sha256 })),
  contents: z.object({
    count: z.int(),
    bytes: z.int(),
    /** Of all their hashes, in order. */
    sha256,
  }),
  /** Content that the database names and that the store did not have, and content that was damaged. */
  missing: z.array(sha256),
  damaged: z.array(sha256),
});
export type Manifest = z.infer<typeof ManifestSchema>;

/** Counts contents as they pass by. */
export class ContentCount {
  readonly #hash = createHash('sha256');
  #count = 0;
  #bytes = 0;

  add(hash: string, bytes: number): void {
    this.#hash.update(`${hash}\n`);
    this.#count += 1;
    this.#bytes += bytes;
  }

  total(): Manifest['contents'] {
    return { count: this.#count, bytes: this.#bytes, sha256: this.#hash.copy().digest('hex') };
  }
}

/** A backup that cannot be made or restored, in a sentence for whoever asked for it. */
export class BackupProblem extends Error {
  override readonly name = 'BackupProblem';
}
