/**
 * Files by the hash of their content, in folders, and their names by job in the database. Written to a temporary name
 * and renamed, so that a killed process leaves no half file; the same content is stored once.
 */
import { createHash, randomUUID } from 'node:crypto';
import { mkdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ArtifactReference } from '../../workflows/contract/jobs/job.ts';
import type { Selectable } from 'kysely';
import type { Database, Tables } from '../database/database.ts';

export interface NewArtifact {
  readonly jobId: string;
  readonly stepId: string | null;
  readonly name: string;
  readonly mediaType: string;
  /** A stream is written as it comes, and never held as a whole. */
  readonly content: Uint8Array | AsyncIterable<Uint8Array>;
  /** Whether a person is meant to receive it, unlike a screenshot or an output. */
  readonly deliverable: boolean;
}

export interface Artifacts {
  /** Stores content under its hash, without a name. */
  putContent(content: Uint8Array): Promise<{ readonly sha256: string; readonly bytes: number }>;
  /** Content by hash. Throws when there is none. */
  getContent(sha256: string): Promise<Buffer>;
  /** Stores a file under its name in the job; a repeat replaces what the name stands for. */
  put(artifact: NewArtifact): Promise<ArtifactReference>;
  find(jobId: string, name: string): Promise<ArtifactReference | null>;
  /** The files of a step whose names begin so, in the order of their names. */
  ofStep(jobId: string, stepId: string, prefix: string): Promise<readonly ArtifactReference[]>;
}

export function createArtifacts(database: Database, folder: string): Artifacts {
  const pathOf = (sha256: string): string => join(folder, sha256.slice(0, 2), sha256);

  const putContent = async (content: Uint8Array): Promise<{ sha256: string; bytes: number }> => {
    const sha256 = createHash('sha256').update(content).digest('hex');
    const path = pathOf(sha256);
    const exists = await stat(path).then(
      () => true,
      () => false,
    );
    if (!exists) {
      await mkdir(join(folder, sha256.slice(0, 2)), { recursive: true });
      const temporary = `${path}.${randomUUID()}`;
      await writeFile(temporary, content);
      await rename(temporary, path);
    }
    return { sha256, bytes: content.byteLength };
  };

  const putStream = async (content: AsyncIterable<Uint8Array>): Promise<{ sha256: string; bytes: number }> => {
    const hash = createHash('sha256');
    let bytes = 0;
    const temporary = join(folder, `incoming.${randomUUID()}`);
    await mkdir(folder, { recursive: true });
    try {
      await writeFile(
        temporary,
        (async function* () {
          for await (const part of content) {
            hash.update(part);
            bytes += part.byteLength;
            yield part;
          }
        })(),
      );
      const sha256 = hash.digest('hex');
      await mkdir(join(folder, sha256.slice(0, 2)), { recursive: true });
      await rename(temporary, pathOf(sha256));
      return { sha256, bytes };
    } catch (error) {
      await rm(temporary, { force: true });
      throw error;
    }
  };

  return {
    putContent,
    async getContent(sha256) {
      if (!/^[0-9a-f]{64}$/.test(sha256)) throw new Error('not a content hash');
      return readFile(pathOf(sha256));
    },
    async put({ jobId, stepId, name, mediaType, content, deliverable }) {
      const { sha256, bytes } = content instanceof Uint8Array ? await putContent(content) : await putStream(content);
      const row = {
        job_id: jobId,
        name,
        step_id: stepId,
        media_type: mediaType,
        bytes,
        sha256,
        deliverable: deliverable ? 1 : 0,
        created_at: new Date().toISOString(),
      };
      await database
        .insertInto('artifacts')
        .values(row)
        .onConflict((conflict) => conflict.columns(['job_id', 'name']).doUpdateSet(row))
        .execute();
      return { name, mediaType, bytes, sha256 };
    },
    async find(jobId, name) {
      const row = await database
        .selectFrom('artifacts')
        .selectAll()
        .where('job_id', '=', jobId)
        .where('name', '=', name)
        .executeTakeFirst();
      return row === undefined ? null : fromRow(row);
    },
    async ofStep(jobId, stepId, prefix) {
      const rows = await database
        .selectFrom('artifacts')
        .selectAll()
        .where('job_id', '=', jobId)
        .where('step_id', '=', stepId)
        .orderBy('name')
        .execute();
      return rows.filter(({ name }) => name.startsWith(prefix)).map(fromRow);
    },
  };
}

function fromRow(row: Selectable<Tables['artifacts']>): ArtifactReference {
  return { name: row.name, mediaType: row.media_type, bytes: row.bytes, sha256: row.sha256 };
}
