/** Goes over the newest version of every lead magnet of all tenants, some at a time: their definitions may be large. */
import { setImmediate } from 'node:timers/promises';
import { LeadMagnetSchema, type LeadMagnet } from '../../workflows/contract/lead-magnets/lead-magnet.ts';
import type { Database } from '../database/database.ts';

/** Names a lead magnet among those of all tenants. */
export interface LeadMagnetName {
  readonly tenant: string;
  readonly slug: string;
}

export interface NewestLeadMagnet extends LeadMagnetName {
  readonly version: number;
  /** Null when this version of Lodestone cannot read it. */
  readonly definition: LeadMagnet | null;
}

const rowsAtOnce = 50;

/** In the order of tenants and slugs, after a name. */
export async function* newestLeadMagnets(database: Database, after: LeadMagnetName): AsyncGenerator<NewestLeadMagnet> {
  let last = after;
  for (;;) {
    const rows = await rowsAfter(database, last);
    for (const { definition, ...row } of rows) {
      yield { ...row, definition: LeadMagnetSchema.safeParse(JSON.parse(definition)).data ?? null };
      // Reading a large one takes milliseconds.
      await setImmediate();
    }
    const end = rows.at(-1);
    if (end === undefined || rows.length < rowsAtOnce) return;
    last = end;
  }
}

function rowsAfter(database: Database, { tenant, slug }: LeadMagnetName) {
  return database
    .selectFrom(
      database
        .selectFrom('lead_magnets')
        .select(({ fn }) => ['tenant', 'slug', fn.max('version').as('version')])
        .where((where) => where(where.refTuple('tenant', 'slug'), '>', where.tuple(tenant, slug)))
        .groupBy(['tenant', 'slug'])
        .orderBy('tenant')
        .orderBy('slug')
        .limit(rowsAtOnce)
        .as('chosen'),
    )
    .innerJoin('lead_magnets', (join) =>
      join
        .onRef('lead_magnets.tenant', '=', 'chosen.tenant')
        .onRef('lead_magnets.slug', '=', 'chosen.slug')
        .onRef('lead_magnets.version', '=', 'chosen.version'),
    )
    .select(['lead_magnets.tenant', 'lead_magnets.slug', 'lead_magnets.version', 'lead_magnets.definition'])
    .orderBy('lead_magnets.tenant')
    .orderBy('lead_magnets.slug')
    .execute();
}
