/**
 * Which request asks the expert for a piece of work. Of simultaneous requests one holds it; it moves on when its holder has ended,
 * or does not beat any more.
 */
import type { Database } from '../database/database.ts';

export interface WorkHolder {
  readonly requestId: string;
  /** How often the holder has said that it is at work. Who waits compares it with what it saw before, by its own clock. */
  readonly beats: number;
}

export interface WorkClaims {
  /** Claims work for a request. Returns null to the one that holds it now, and the holder to the others. */
  claim(workHash: string, requestId: string): Promise<WorkHolder | null>;
  /** Takes the work from a holder that has not beaten since it was seen. False when it has, or another took the work. */
  takeOver(workHash: string, requestId: string, seen: WorkHolder): Promise<boolean>;
  /** Tells those who wait that the holder is at work. */
  beat(workHash: string, requestId: string): Promise<void>;
}

export function createWorkClaims(database: Database): WorkClaims {
  return {
    async claim(workHash, requestId) {
      const { numInsertedOrUpdatedRows = 0n } = await database
        .insertInto('tool_work')
        .values({ work_hash: workHash, request_id: requestId, beats: 0 })
        .onConflict((conflict) =>
          conflict
            .columns(['tenant', 'work_hash'])
            .doUpdateSet({ request_id: requestId })
            .where((where) =>
              where.or([
                where('tool_work.request_id', '=', requestId),
                where.not(
                  where.exists(
                    where
                      .selectFrom('tool_requests')
                      .select('tool_requests.id')
                      .whereRef('tool_requests.id', '=', 'tool_work.request_id')
                      .where('tool_requests.state', '!=', 'ended'),
                  ),
                ),
              ]),
            ),
        )
        .executeTakeFirstOrThrow();
      if (numInsertedOrUpdatedRows > 0n) return null;
      const holder = await database
        .selectFrom('tool_work')
        .select(['request_id', 'beats'])
        .where('work_hash', '=', workHash)
        .executeTakeFirst();
      // It was removed meanwhile: the next look claims it.
      return { requestId: holder?.request_id ?? '', beats: holder?.beats ?? 0 };
    },
    async takeOver(workHash, requestId, seen) {
      const { numUpdatedRows } = await database
        .updateTable('tool_work')
        .set({ request_id: requestId })
        .where('work_hash', '=', workHash)
        .where('request_id', '=', seen.requestId)
        .where('beats', '=', seen.beats)
        .executeTakeFirstOrThrow();
      return numUpdatedRows > 0n;
    },
    async beat(workHash, requestId) {
      await database
        .updateTable('tool_work')
        .set(({ eb }) => ({ beats: eb('beats', '+', 1) }))
        .where('work_hash', '=', workHash)
        .where('request_id', '=', requestId)
        .execute();
    },
  };
}
