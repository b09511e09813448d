/** The files of jobs: their names in the database, their content by its hash behind the port of `contents.ts`. */
import type { Readable } from 'node:stream';
import type { Selectable } from 'kysely';
import type { ArtifactReference } from '../../workflows/contract/jobs/job.ts';
import type { Database, Tables } from '../database/database.ts';
import type { ByteRange, ContentHead, Contents, StoredContent } from './contents.ts';

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

/** Content that is stored already, and what it is called in its job. */
export interface NamedContent extends Omit<NewArtifact, 'content'> {
  readonly sha256: string;
  readonly bytes: number;
}

export interface Artifacts {
  /** Stores content under its hash, without a name. */
  putContent(content: Uint8Array): Promise<StoredContent>;
  /** Content by hash, in memory as a whole. Throws `ContentProblem` when there is none or when it is damaged. */
  getContent(sha256: string): Promise<Buffer>;
  /** The same as a stream, or a part of it. */
  readContent(sha256: string, range?: ByteRange): Readable;
  /** Null when there is no such content. */
  headContent(sha256: string): Promise<ContentHead | null>;
  /** Stores a file under its name in the job; a repeat replaces what the name stands for. */
  put(artifact: NewArtifact): Promise<ArtifactReference>;
  /** Gives stored content its name in the job: the second half of `put`, for what is written together with it. */
  name(named: NamedContent): Promise<void>;
  find(jobId: string, name: string): Promise<ArtifactReference | null>;
  /** The files of a step whose names begin so, in the order of their names. */
  ofStep(jobId: string, stepId: string, prefix: string): Promise<readonly ArtifactReference[]>;
}

export function createArtifacts(database: Database, contents: Contents): Artifacts {
  const name = async (named: NamedContent): Promise<void> => {
    const row = {
      job_id: named.jobId,
      name: named.name,
      step_id: named.stepId,
      media_type: named.mediaType,
      bytes: named.bytes,
      sha256: named.sha256,
      deliverable: named.deliverable ? 1 : 0,
      created_at: new Date().toISOString(),
    };
    await database
      .insertInto('artifacts')
      .values(row)
      .onConflict((conflict) => conflict.columns(['job_id', 'name']).doUpdateSet(row))
      .execute();
  };

  return {
    putContent: (content) => contents.put(content),
    async getContent(sha256) {
      return Buffer.concat(await contents.read(sha256).toArray());
    },
    readContent: (sha256, range) => contents.read(sha256, range),
    headContent: (sha256) => contents.head(sha256),
    async put({ jobId, stepId, name: fileName, mediaType, content, deliverable }) {
      const { sha256, bytes } = await contents.put(content);
      await name({ jobId, stepId, name: fileName, mediaType, sha256, bytes, deliverable });
      return { name: fileName, mediaType, bytes, sha256 };
    },
    name,
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
