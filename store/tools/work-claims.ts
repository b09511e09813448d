/**
 * Which request asks the expert for a piece of work. Of simultaneous requests one holds it; it moves on when its holder has ended,
 * or does not beat any more.
 */
import type { Database } from '../database/database.ts';

export interface WorkHolder {
  readonly requestId: string;
  /** How often the holder has said that it is at work. Who waits compares it with what it saw before, by its own clock. */
  readonly beats: number;
  /** How long it has said that it will be silent now, before it asks again. */
  readonly pauseMilliseconds: number;
}

export interface WorkClaims {
  /** Claims work for a request. Returns null to the one that holds it now, and the holder to the others. */
  claim(workHash: string, requestId: string): Promise<WorkHolder | null>;
  /** Takes the work from a holder that has not beaten since it was seen. False when it has, or another took the work. */
  takeOver(workHash: string, requestId: string, seen: Omit<WorkHolder, 'pauseMilliseconds'>): Promise<boolean>;
  /** Tells those who wait that the holder is at work, or for how long it pauses before it asks again. */
  beat(workHash: string, requestId: string, pauseMilliseconds?: number): Promise<void>;
}

export function createWorkClaims(database: Database): WorkClaims {
  return {
    async claim(workHash, requestId) {
      // Those who wait look four times a second: only a work without a holder is written.
      const standing = await find(database, workHash);
      if (standing?.isAtWork === true) return standing.holder.requestId === requestId ? null : standing.holder;
      const { numInsertedOrUpdatedRows = 0n } = await database
        .insertInto('tool_work')
        .values({ work_hash: workHash, request_id: requestId, beats: 0 })
        .onConflict((conflict) =>
          conflict
            .columns(['tenant', 'work_hash'])
            .doUpdateSet({ request_id: requestId, pause_milliseconds: 0 })
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
      const faster = await find(database, workHash);
      // It was removed meanwhile: the next look claims it.
      return faster?.holder ?? { requestId: '', beats: 0, pauseMilliseconds: 0 };
    },
    async takeOver(workHash, requestId, seen) {
      const { numUpdatedRows } = await database
        .updateTable('tool_work')
        .set({ request_id: requestId, pause_milliseconds: 0 })
        .where('work_hash', '=', workHash)
        .where('request_id', '=', seen.requestId)
        .where('beats', '=', seen.beats)
        .executeTakeFirstOrThrow();
      return numUpdatedRows > 0n;
    },
    async beat(workHash, requestId, pauseMilliseconds = 0) {
      await database
        .updateTable('tool_work')
        .set(({ eb }) => ({ beats: eb('beats', '+', 1), pause_milliseconds: pauseMilliseconds }))
        .where('work_hash', '=', workHash)
        .where('request_id', '=', requestId)
        .execute();
    },
  };
}

/** Who holds a piece of work, and whether its request has not ended. */
async function find(
  database: Database,
  workHash: string,
): Promise<{ readonly holder: WorkHolder; readonly isAtWork: boolean } | null> {
  const row = await database
    .selectFrom('tool_work')
    .leftJoin('tool_requests', 'tool_requests.id', 'tool_work.request_id')
    .select(['tool_work.request_id', 'tool_work.beats', 'tool_work.pause_milliseconds', 'tool_requests.state'])
    .where('tool_work.work_hash', '=', workHash)
    .executeTakeFirst();
  if (row === undefined) return null;
  const holder = { requestId: row.request_id, beats: row.beats, pauseMilliseconds: row.pause_milliseconds };
  return { holder, isAtWork: row.state !== null && row.state !== 'ended' };
}
