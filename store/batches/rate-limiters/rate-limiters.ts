/** Rate limiters of all providers' models, shared by the workers: read, evaluated and written in one transaction. */
import type { Transaction } from 'kysely';
import type { Database, Tables } from '../../database/database.ts';
import { isPostgres } from '../../database/kind.ts';
import { inTransaction, lockName, noLock } from '../../database/transactions.ts';
import {
  RateLimiterSchema,
  applyReportedLimits,
  newRateLimiter,
  acquirePermit,
  reportCall,
  type CallReport,
  type RateLimiter,
  type Permit,
  type ReportedLimits,
} from './rate-limiter.ts';

export interface RateLimiters {
  find(key: string): Promise<RateLimiter>;
  /** Asks for a permit for one call; `tokens` is the estimate for its input and output. */
  acquire(key: string, tokens: number, now: number): Promise<Permit>;
  /** Records a call's outcome and the limits that its response headers reported. `probe` is that of the call's admission. */
  report(
    key: string,
    call: { readonly report: CallReport; readonly reported: ReportedLimits | null; readonly probe: boolean },
    now: number,
  ): Promise<void>;
}

/** A model whose calls are not made now: its provider has asked to wait, or fails. */
export interface BlockedModel {
  readonly model: string;
  readonly by: RateLimiter['blockedBy'];
}

/** How many models are looked at: those whose state changed last. */
const mostModels = 200;

/** The models whose circuit breaker is open, or half-open, or whose rate limit is reached. */
export async function blockedModels(database: Database, now: number): Promise<readonly BlockedModel[]> {
  const rows = await database
    .selectFrom('rate_limiters')
    .select(['key', 'data'])
    .orderBy('updated_at', 'desc')
    .limit(mostModels)
    .execute();
  return rows.flatMap(({ key, data }) => {
    const { tripped, blockedUntil, blockedBy } = limiterFrom({ data });
    return tripped || now < blockedUntil ? [{ model: key, by: blockedBy }] : [];
  });
}

export function createRateLimiters(database: Database): RateLimiters {
  return {
    find: (key) => readLimiter(database, key),
    acquire: (key, tokens, now) =>
      inTransaction(database, noLock, (transaction) => acquireStoredPermit(transaction, key, tokens, now)),
    async report(key, { report, reported, probe }, now) {
      await inTransaction(database, noLock, async (transaction) => {
        const limiter = await readForChange(transaction, key);
        const learnt = reported === null ? limiter : applyReportedLimits(limiter, reported, now);
        await writeLimiter(transaction, key, reportCall(learnt, report, probe, now), now);
      });
    },
  };
}

/** Takes a permit of a stored rate limiter, within the caller's transaction. */
export async function acquireStoredPermit(
  transaction: Transaction<Tables>,
  key: string,
  tokens: number,
  now: number,
): Promise<Permit> {
  const limiter = await readForChange(transaction, key);
  const permit = acquirePermit(limiter, tokens, now);
  if (permit.granted && permit.limiter !== limiter) await writeLimiter(transaction, key, permit.limiter, now);
  return permit;
}

async function readLimiter(database: Database, key: string): Promise<RateLimiter> {
  return limiterFrom(await rowOf(database, key).executeTakeFirst());
}

/** Reads a limiter that no other transaction changes until this one has ended. */
async function readForChange(transaction: Transaction<Tables>, key: string): Promise<RateLimiter> {
  if (!isPostgres(transaction)) return readLimiter(transaction, key);
  const row = await rowOf(transaction, key).forUpdate().executeTakeFirst();
  if (row !== undefined) return limiterFrom(row);
  await lockName(`rate-limiter/${key}`)(transaction);
  return limiterFrom(await rowOf(transaction, key).forUpdate().executeTakeFirst());
}

function rowOf(database: Database, key: string) {
  return database.selectFrom('rate_limiters').select('data').where('key', '=', key);
}

function limiterFrom(row: { readonly data: string } | undefined): RateLimiter {
  return row === undefined ? newRateLimiter : RateLimiterSchema.parse(JSON.parse(row.data));
}

async function writeLimiter(database: Database, key: string, limiter: RateLimiter, now: number): Promise<void> {
  const row = { key, data: JSON.stringify(limiter), updated_at: new Date(now).toISOString() };
  await database
    .insertInto('rate_limiters')
    .values(row)
    .onConflict((conflict) => conflict.column('key').doUpdateSet(row))
    .execute();
}
