/** The files of jobs: their names in the database, their content by its hash behind the port of `contents.ts`. */
import type { Readable } from 'node:stream';
import type { Selectable } from 'kysely';
import type { ArtifactReference } from '../../workflows/contract/jobs/job.ts';
import type { Database, Tables } from '../database/database.ts';
import { inTransaction, lockJob } from '../database/transactions.ts';
import type { ByteRange, ContentHead, Contents, StoredContent } from './contents.ts';
import { joined } from './joined.ts';

export interface NewArtifact {
  readonly jobId: string;
  readonly stepId: string | null;
  readonly name: string;
  readonly mediaType: string;
  /** A stream is written part by part and is never in memory as a whole. */
  readonly content: Uint8Array | AsyncIterable<Uint8Array>;
  /** Whether a person is meant to receive it, unlike a screenshot or an output. */
  readonly deliverable: boolean;
}

/** Content that is stored already, and what it is called in its job. */
export interface NamedContent extends Omit<NewArtifact, 'content'> {
  readonly sha256: string;
  readonly bytes: number;
}

export interface KeptOrRemoved {
  readonly artifact: ArtifactReference;
  /** Null while the content is kept. */
  readonly removedAfterDays: number | null;
}

export interface Artifacts {
  /**
   * Stores content under its hash, without a name. The caller writes the hash to a row that `references.ts` looks at: what
   * no such row names is removed a day later.
   */
  putContent(content: Uint8Array | AsyncIterable<Uint8Array>): Promise<StoredContent>;
  /** Content by hash, in memory as a whole. Throws `ContentProblem` when there is none or when it is damaged. */
  getContent(sha256: string): Promise<Buffer>;
  /** The same as a stream, or a part of it. */
  readContent(sha256: string, range?: ByteRange): Readable;
  /** Null when there is no such content. */
  headContent(sha256: string): Promise<ContentHead | null>;
  /** Stores a file under its name in the job; a repeat replaces the content of the name. */
  put(artifact: NewArtifact): Promise<ArtifactReference>;
  /** Gives stored content its name in the job: the second half of `put`, for what is written together with it. */
  name(named: NamedContent): Promise<void>;
  find(jobId: string, name: string): Promise<ArtifactReference | null>;
  /** The same, for callers that also report files that retention has removed. */
  findKeptOrRemoved(jobId: string, name: string): Promise<KeptOrRemoved | null>;
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
      removed_after_days: null,
    };
    const { numInsertedOrUpdatedRows = 0n } = await database
      .insertInto('artifacts')
      .values(row)
      .onConflict((conflict) => conflict.columns(['job_id', 'name']).doNothing())
      .executeTakeFirstOrThrow();
    if (numInsertedOrUpdatedRows === 0n) await replace(database, row);
  };

  const findKeptOrRemoved = async (jobId: string, name: string): Promise<KeptOrRemoved | null> => {
    const row = await database
      .selectFrom('artifacts')
      .selectAll()
      .where('job_id', '=', jobId)
      .where('name', '=', name)
      .executeTakeFirst();
    return row === undefined ? null : { artifact: fromRow(row), removedAfterDays: row.removed_after_days };
  };
  return {
    putContent: (content) => contents.put(content),
    async getContent(sha256) {
      return joined(await contents.read(sha256).toArray());
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
      return (await findKeptOrRemoved(jobId, name))?.artifact ?? null;
    },
    findKeptOrRemoved,
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

/** Makes a name refer to newer content. The older content stays: a turn, an approval or a running workflow may have its hash. */
async function replace(database: Database, row: Omit<Selectable<Tables['artifacts']>, 'tenant'>): Promise<void> {
  const { job_id, name, created_at } = row;
  await inTransaction(database, lockJob(job_id), async (transaction) => {
    const older = await transaction
      .selectFrom('artifacts')
      .select('sha256')
      .where('job_id', '=', job_id)
      .where('name', '=', name)
      .where('sha256', '!=', row.sha256)
      .where('removed_after_days', 'is', null)
      .executeTakeFirst();
    if (older !== undefined) {
      await transaction
        .insertInto('kept_contents')
        .values({ job_id, sha256: older.sha256, created_at })
        .onConflict((conflict) => conflict.columns(['job_id', 'sha256']).doNothing())
        .execute();
    }
    await transaction.updateTable('artifacts').set(row).where('job_id', '=', job_id).where('name', '=', name).execute();
  });
}

function fromRow(row: Selectable<Tables['artifacts']>): ArtifactReference {
  return { name: row.name, mediaType: row.media_type, bytes: row.bytes, sha256: row.sha256 };
}
