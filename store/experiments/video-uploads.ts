/** Uploaded videos: which content of a tenant may be the video of an experiment. */
import type { ContentReference } from '../../workflows/contract/experiments/experiment.ts';
import type { Database } from '../database/database.ts';

export interface VideoUpload extends ContentReference {
  readonly format: 'y4m' | 'frames';
}

export interface VideoUploads {
  /** Records content that is stored already. The same upload again is kept from then on. */
  put(upload: VideoUpload, now: Date): Promise<void>;
  /** Null for what this tenant has not uploaded, whoever else has. */
  find(sha256: string): Promise<VideoUpload | null>;
}

export function createVideoUploads(database: Database): VideoUploads {
  return {
    async put({ sha256, bytes, format }, now) {
      const upload = { bytes, format, uploaded_at: now.toISOString() };
      await database
        .insertInto('experiment_uploads')
        .values({ sha256, ...upload })
        .onConflict((conflict) => conflict.columns(['tenant', 'sha256']).doUpdateSet(upload))
        .execute();
    },
    async find(sha256) {
      const row = await database
        .selectFrom('experiment_uploads')
        .select(['sha256', 'bytes', 'format'])
        .where('sha256', '=', sha256)
        .executeTakeFirst();
      if (row === undefined) return null;
      return { sha256, bytes: row.bytes, format: row.format === 'frames' ? 'frames' : 'y4m' };
    },
  };
}
