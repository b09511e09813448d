/**
 * Admission of calls: one transaction checks all caps and limits and reserves the call's highest cost, so that no cap is
 * exceeded however many partitions ask at once and whatever crashes. The reservation stands until the call's cost is booked.
 */
import { sql, type Transaction } from 'kysely';
import { isNewestGeneration, type FencingToken } from './batch-fencing.ts';
import type { Database, Tables } from '../../database/database.ts';
import { inTransaction, lockBatch } from '../../database/transactions.ts';
import { Superseded } from '../../jobs/ledger.ts';
import { acquireStoredPermit } from '../rate-limiters/rate-limiters.ts';
import { batchSwitch } from '../../platform/switches.ts';

export interface AdmissionRequest {
  readonly position: number;
  /** The highest cost of the call. */
  readonly worstNano: number;
  /** The call's rate limiter and its estimated tokens; null for the provider's batch API, which has no such limit. */
  readonly limiter: { readonly key: string; readonly tokens: number } | null;
  readonly now: number;
}

/**
 * Why a call is refused. `halted`: the batch does not run any more. `switch`: the platform's switch stops all submissions.
 * `cap`: the batch's cap is used up; `cap_busy`: the same, but calls under way may free some of it. `cap_hour`, `calls_hour`:
 * the limits of an hour. `rate_limit`, `breaker`: the provider's rate limit, and its circuit breaker.
 */
export type RefusedBy = 'halted' | 'switch' | 'cap' | 'cap_busy' | 'cap_hour' | 'calls_hour' | 'rate_limit' | 'breaker';

export type Admission =
  | { readonly admitted: true; readonly probe: boolean }
  | { readonly admitted: false; readonly by: RefusedBy; readonly waitMilliseconds: number; readonly message: string };

class Refused extends Error {
  readonly admission: Extract<Admission, { admitted: false }>;
  constructor(by: RefusedBy, waitMilliseconds: number, message: string) {
    super(message);
    this.admission = { admitted: false, by, waitMilliseconds, message };
  }
}

const minute = 60_000;
const minutesOfAnHour = 60;

/** Reserves the highest cost, takes a permit of the rate limiter and sets the item to `intended`; does all of it or nothing. */
export async function admitItem(database: Database, key: FencingToken, request: AdmissionRequest): Promise<Admission> {
  try {
    return await inTransaction(database, lockBatch(key.batchId), (transaction) => admit(transaction, key, request));
  } catch (error) {
    if (error instanceof Refused) return error.admission;
    throw error;
  }
}

async function admit(
  transaction: Transaction<Tables>,
  key: FencingToken,
  request: AdmissionRequest,
): Promise<Admission> {
  const { worstNano, now, position } = request;
  const thisMinute = Math.floor(now / minute);
  const reserved = await transaction
    .updateTable('batches')
    .set((expression) => ({ reserved_nano: expression('reserved_nano', '+', worstNano) }))
    .where('id', '=', key.batchId)
    .where('state', '=', 'running')
    .where(sql<boolean>`spent_nano + reserved_nano + ${worstNano} <= cap_nano`)
    .where((build) =>
      build.not(
        build.exists(build.selectFrom('switches').select('switches.name').where('switches.name', '=', batchSwitch)),
      ),
    )
    .executeTakeFirstOrThrow();
  if (reserved.numUpdatedRows === 0n) throw await reasonToRefuse(transaction, key.batchId, worstNano);
  await checkHour(transaction, key.batchId, worstNano, thisMinute);
  const { limiter } = request;
  const permit =
    limiter === null
      ? { granted: true as const, probe: false }
      : await acquireStoredPermit(transaction, limiter.key, limiter.tokens, now);
  if (!permit.granted) throw new Refused(permit.by, permit.waitMilliseconds, permit.why);
  await addToMinute(transaction, key.batchId, thisMinute, 1, worstNano);
  const intended = await transaction
    .updateTable('batch_items')
    .set((expression) => ({
      status: 'intended',
      attempts: expression('attempts', '+', 1),
      reserved_nano: worstNano,
      reserved_minute: thisMinute,
      response_id: null,
      submitted_ms: expression.fn.coalesce('submitted_ms', expression.val(now)),
      intended_ms: now,
    }))
    .where('batch_id', '=', key.batchId)
    .where('position', '=', position)
    .where('status', '=', 'pending')
    .where('partition', '=', key.partition)
    .where(isNewestGeneration(transaction, key))
    .executeTakeFirstOrThrow();
  if (intended.numUpdatedRows === 0n) throw new Superseded(`item ${position} belongs to another attempt`);
  return { admitted: true, probe: permit.probe };
}

async function reasonToRefuse(transaction: Transaction<Tables>, batchId: string, worstNano: number): Promise<Refused> {
  const row = await transaction
    .selectFrom('batches')
    .select(['state', 'spent_nano', 'reserved_nano', 'cap_nano'])
    .where('id', '=', batchId)
    .executeTakeFirst();
  if (row?.state !== 'running') return new Refused('halted', 0, 'the batch does not run');
  if (row.spent_nano + row.reserved_nano + worstNano <= row.cap_nano) {
    return new Refused('switch', 10_000, 'all submissions are stopped by the switch of the platform');
  }
  const cap = `the next call could exceed the cap of $${row.cap_nano / 1e9}: $${(row.spent_nano / 1e9).toFixed(4)} are spent`;
  return row.reserved_nano > 0 ? new Refused('cap_busy', 250, cap) : new Refused('cap', 0, cap);
}

async function checkHour(
  transaction: Transaction<Tables>,
  batchId: string,
  worstNano: number,
  thisMinute: number,
): Promise<void> {
  const since = thisMinute - minutesOfAnHour;
  const sums = await transaction
    .selectFrom('batch_minutes')
    .select([
      sql<number>`coalesce(sum(calls), 0)`.as('calls'),
      sql<number>`coalesce(sum(nano), 0)`.as('nano'),
      sql<number | null>`min(minute)`.as('first'),
    ])
    .where('batch_id', '=', batchId)
    .where('minute', '>=', since)
    .executeTakeFirstOrThrow();
  const { calls_per_hour: callsPerHour, cap_hour_nano: cap } = await transaction
    .selectFrom('batches')
    .select(['calls_per_hour', 'cap_hour_nano'])
    .where('id', '=', batchId)
    .executeTakeFirstOrThrow();
  // The earliest time at which something is free again: when the oldest counted minute is more than an hour ago.
  const wait = Math.max(1, (sums.first ?? thisMinute) - since + 1) * minute;
  if (sums.calls + 1 > callsPerHour) {
    throw new Refused('calls_hour', wait, `${callsPerHour} calls were made in the last hour, which is the limit`);
  }
  if (sums.nano + worstNano > cap) {
    throw new Refused('cap_hour', wait, `the next call could exceed the cap of $${cap / 1e9} an hour`);
  }
}

/** Replaces a call's reservation by what it has cost. */
export async function settleSpend(
  transaction: Transaction<Tables>,
  batchId: string,
  reservation: { readonly nano: number; readonly minute: number },
  costNano: number,
): Promise<void> {
  await transaction
    .updateTable('batches')
    .set((expression) => ({
      reserved_nano: expression('reserved_nano', '-', reservation.nano),
      spent_nano: expression('spent_nano', '+', costNano),
    }))
    .where('id', '=', batchId)
    .execute();
  await addToMinute(transaction, batchId, reservation.minute, 0, costNano - reservation.nano);
}

async function addToMinute(
  transaction: Transaction<Tables>,
  batchId: string,
  at: number,
  calls: number,
  nano: number,
): Promise<void> {
  await transaction
    .insertInto('batch_minutes')
    .values({ batch_id: batchId, minute: at, calls, nano })
    .onConflict((conflict) =>
      conflict.columns(['batch_id', 'minute']).doUpdateSet({
        calls: sql`batch_minutes.calls + ${calls}`,
        nano: sql`batch_minutes.nano + ${nano}`,
      }),
    )
    .execute();
}
