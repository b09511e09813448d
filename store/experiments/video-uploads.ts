/**
 * Uploaded videos: which content of a tenant may be the video of an experiment. The same bytes may be uploaded as either format;
 * one does not change the other.
 */
import type { ContentReference } from '../../workflows/contract/experiments/experiment.ts';
import type { Database } from '../database/database.ts';

export interface VideoUpload extends ContentReference {
  readonly format: 'y4m' | 'frames';
}

export interface VideoUploads {
  /** Records content that is stored already. The same upload again is kept from then on. */
  put(upload: VideoUpload, now: Date): Promise<void>;
  /** The formats in which this tenant has uploaded it, whoever else has; none when it has not. */
  formatsOf(sha256: string): Promise<readonly string[]>;
}

export function createVideoUploads(database: Database): VideoUploads {
  return {
    async put({ sha256, bytes, format }, now) {
      const upload = { bytes, uploaded_at: now.toISOString() };
      await database
        .insertInto('experiment_uploads')
        .values({ sha256, format, ...upload })
        .onConflict((conflict) => conflict.columns(['tenant', 'sha256', 'format']).doUpdateSet(upload))
        .execute();
    },
    async formatsOf(sha256) {
      const rows = await database
        .selectFrom('experiment_uploads')
        .select('format')
        .where('sha256', '=', sha256)
        .orderBy('format')
        .execute();
      return rows.map(({ format }) => format);
    },
  };
}
