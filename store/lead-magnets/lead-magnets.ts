/**
 * Lead magnets and their versions: saving an unchanged definition creates no new version, and a version never changes.
 */
import { createHash } from 'node:crypto';
import { LeadMagnetSchema, type LeadMagnet } from '../../workflows/contract/lead-magnets/lead-magnet.ts';
import type { Database } from '../database/database.ts';
import { inTransaction, lockName } from '../database/transactions.ts';

export interface SavedLeadMagnet {
  readonly tenant: string;
  readonly version: number;
  readonly createdAt: string;
  readonly definition: LeadMagnet;
}

export interface LeadMagnets {
  /** Saves a definition as the next version, or finds that the newest one is the same. */
  save(definition: LeadMagnet, now: Date): Promise<SavedLeadMagnet & { readonly created: boolean }>;
  /** The newest version, or the requested one; null when there is none. */
  find(slug: string, version?: number): Promise<SavedLeadMagnet | null>;
  /** The newest version of each, by slug. */
  list(): Promise<readonly SavedLeadMagnet[]>;
}

export function createLeadMagnets(database: Database): LeadMagnets {
  const find = async (slug: string, version?: number): Promise<SavedLeadMagnet | null> => {
    let query = database.selectFrom('lead_magnets').selectAll().where('slug', '=', slug);
    if (version !== undefined) query = query.where('version', '=', version);
    const row = await query.orderBy('version', 'desc').limit(1).executeTakeFirst();
    return row === undefined ? null : fromRow(row);
  };

  return {
    find,
    async save(definition, now) {
      const text = JSON.stringify(definition);
      const hash = createHash('sha256').update(text).digest('hex');
      // The next version has no row yet.
      const lock = lockName(`lead-magnet/${definition.slug}`);
      return inTransaction(database, lock, async (transaction) => {
        const newest = await transaction
          .selectFrom('lead_magnets')
          .selectAll()
          .where('slug', '=', definition.slug)
          .orderBy('version', 'desc')
          .limit(1)
          .executeTakeFirst();
        if (newest?.hash === hash) return { ...fromRow(newest), created: false };
        const row = {
          slug: definition.slug,
          version: (newest?.version ?? 0) + 1,
          definition: text,
          hash,
          created_at: now.toISOString(),
        };
        const saved = await transaction.insertInto('lead_magnets').values(row).returningAll().executeTakeFirstOrThrow();
        return { ...fromRow(saved), created: true };
      });
    },
    async list() {
      const rows = await database
        .selectFrom('lead_magnets')
        .selectAll()
        .orderBy('slug')
        .orderBy('version', 'desc')
        .execute();
      return rows.filter((row, index) => rows[index - 1]?.slug !== row.slug).map(fromRow);
    },
  };
}

function fromRow(row: { tenant: string; version: number; created_at: string; definition: string }): SavedLeadMagnet {
  return {
    tenant: row.tenant,
    version: row.version,
    createdAt: row.created_at,
    definition: LeadMagnetSchema.parse(JSON.parse(row.definition)),
  };
}
