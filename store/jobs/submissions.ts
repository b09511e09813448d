/** Who submitted a form when: what the limit of submissions per hour and address is judged by. */
import type { Database } from '../database/database.ts';

export interface Submissions {
  /** Submissions of a form from an address since a time. */
  countSince(tenant: string, slug: string, address: string, since: Date): Promise<number>;
  record(submission: { tenant: string; slug: string; address: string; jobId: string; at: Date }): Promise<void>;
}

export function createSubmissions(database: Database): Submissions {
  return {
    async countSince(tenant, slug, address, since) {
      const { count } = await database
        .selectFrom('submissions')
        .select(({ fn }) => fn.countAll<number>().as('count'))
        .where('tenant', '=', tenant)
        .where('slug', '=', slug)
        .where('address', '=', address)
        .where('at', '>', since.toISOString())
        .executeTakeFirstOrThrow();
      return count;
    },
    async record({ tenant, slug, address, jobId, at }) {
      await database
        .insertInto('submissions')
        .values({ tenant, slug, address, job_id: jobId, at: at.toISOString() })
        .onConflict((conflict) => conflict.column('job_id').doNothing())
        .execute();
    },
  };
}
