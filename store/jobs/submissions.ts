/** Who submitted a form when: the basis of the limit of submissions per hour and address. */
import type { Database } from '../database/database.ts';

export interface Submissions {
  /** Submissions of a form from an address since a time. */
  countSince(slug: string, address: string, since: Date): Promise<number>;
  record(submission: { slug: string; address: string; jobId: string; at: Date }): Promise<void>;
}

export function createSubmissions(database: Database): Submissions {
  return {
    async countSince(slug, address, since) {
      const { count } = await database
        .selectFrom('submissions')
        .select(({ fn }) => fn.countAll<number>().as('count'))
        .where('slug', '=', slug)
        .where('address', '=', address)
        .where('at', '>', since.toISOString())
        .executeTakeFirstOrThrow();
      return count;
    },
    async record({ slug, address, jobId, at }) {
      await database
        .insertInto('submissions')
        .values({ slug, address, job_id: jobId, at: at.toISOString() })
        .onConflict((conflict) => conflict.column('job_id').doNothing())
        .execute();
    },
  };
}
