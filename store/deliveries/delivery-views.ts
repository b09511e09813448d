/** Reads deliveries for people and programs: of one job, and of all, newest job first. */
import { sql, type ExpressionBuilder, type Kysely, type Selectable } from 'kysely';
import { z } from 'zod';
import {
  DeliveryLineSchema,
  DeliveryViewSchema,
  type DeliveryLine,
  type DeliveryView,
} from '../../workflows/contract/jobs/job-view.ts';
import type { DeliveryState } from '../../workflows/contract/jobs/states.ts';
import type { Database, Tables } from '../database/database.ts';
import { containsText } from '../database/expressions.ts';

export interface DeliveryFilter {
  readonly state?: DeliveryState | undefined;
  readonly kind?: DeliveryView['kind'] | undefined;
  readonly job?: string | undefined;
  readonly slug?: string | undefined;
  /** Part of the receiver's address, ignoring case. */
  readonly to?: string | undefined;
  /** Changed at or after this time (ISO 8601). */
  readonly since?: string | undefined;
  /** Where the previous page ended. Throws `WrongCursor` for a text that is no such cursor. */
  readonly before?: string | undefined;
  readonly limit: number;
}

export interface DeliveryPage {
  readonly deliveries: readonly DeliveryLine[];
  /** `before` of the next page; null on the last. */
  readonly next: string | null;
}

export class WrongCursor extends Error {
  override readonly name = 'WrongCursor';
}

export interface DeliveryViews {
  list(filter: DeliveryFilter): Promise<DeliveryPage>;
  find(jobId: string, deliveryId: string): Promise<DeliveryLine | null>;
}

export function createDeliveryViews(database: Database): DeliveryViews {
  const rows = () =>
    database
      .selectFrom('deliveries')
      .innerJoin('jobs', 'jobs.id', 'deliveries.job_id')
      .selectAll('deliveries')
      .select(resendable)
      .select(['jobs.slug', 'jobs.name', 'jobs.submitted_at']);
  return {
    async list({ state, kind, job, slug, to, since, before, limit }) {
      let query = rows();
      if (state !== undefined) query = query.where('deliveries.state', '=', state);
      if (kind !== undefined) query = query.where('deliveries.kind', '=', kind);
      if (job !== undefined) query = query.where('deliveries.job_id', '=', job);
      if (slug !== undefined) query = query.where('jobs.slug', '=', slug);
      // In the store's format, with milliseconds: texts would not compare otherwise.
      if (since !== undefined) query = query.where('deliveries.changed_at', '>=', new Date(since).toISOString());
      if (to !== undefined) query = query.where(containsText('deliveries.target', to));
      if (before !== undefined) {
        const [at, id, position] = readCursor(before);
        query = query.where(
          sql<boolean>`(jobs.submitted_at, deliveries.job_id, deliveries.position) < (${at}, ${id}, ${position})`,
        );
      }
      const found = await query
        .orderBy('jobs.submitted_at', 'desc')
        .orderBy('deliveries.job_id', 'desc')
        .orderBy('deliveries.position', 'desc')
        .limit(limit + 1)
        .execute();
      const shown = found.slice(0, limit);
      const last = shown.at(-1);
      const next = found.length > limit && last !== undefined ? cursorOf(last) : null;
      return { deliveries: shown.map(line), next };
    },
    async find(jobId, deliveryId) {
      const row = await rows()
        .where('deliveries.job_id', '=', jobId)
        .where('deliveries.delivery_id', '=', deliveryId)
        .executeTakeFirst();
      return row === undefined ? null : line(row);
    },
  };
}

/** 1 when what a delivery was sent with is still stored. */
const resendable = (build: ExpressionBuilder<Tables, 'deliveries'>) =>
  build
    .case()
    .when(
      build.exists(
        build
          .selectFrom('delivery_inputs as kept')
          .select('kept.job_id')
          .whereRef('kept.job_id', '=', 'deliveries.job_id')
          .whereRef('kept.delivery_id', '=', 'deliveries.delivery_id'),
      ),
    )
    .then(1)
    .else(0)
    .end()
    .as('resendable');

type DeliveryRow = Selectable<Tables['deliveries']> & { resendable: number };

/** The deliveries of a job, in the order of its definition. */
export async function deliveriesOf(database: Kysely<Tables>, jobId: string): Promise<readonly DeliveryView[]> {
  const rows = await database
    .selectFrom('deliveries')
    .selectAll()
    .select(resendable)
    .where('job_id', '=', jobId)
    .orderBy('position')
    .execute();
  return rows.map(deliveryView);
}

type Row = DeliveryRow & { slug: string; name: string; submitted_at: string };

function line(row: Row): DeliveryLine {
  const { slug, name, submitted_at: submittedAt } = row;
  return DeliveryLineSchema.parse({ ...deliveryView(row), jobId: row.job_id, leadMagnet: { slug, name }, submittedAt });
}

const CursorSchema = z.tuple([z.string(), z.string(), z.int()]);

function cursorOf(row: Row): string {
  return Buffer.from(JSON.stringify([row.submitted_at, row.job_id, row.position])).toString('base64url');
}

function readCursor(text: string): z.infer<typeof CursorSchema> {
  try {
    return CursorSchema.parse(JSON.parse(Buffer.from(text, 'base64url').toString('utf8')));
  } catch {
    throw new WrongCursor('no page ends there');
  }
}

function deliveryView(row: DeliveryRow): DeliveryView {
  return DeliveryViewSchema.parse({
    id: row.delivery_id,
    kind: row.kind,
    state: row.state,
    attempts: row.attempts,
    target: row.target,
    reason: row.reason === null ? null : JSON.parse(row.reason),
    lastError: row.last_error,
    redeliveries: row.number,
    resendable: row.resendable === 1,
    scheduledFor: row.scheduled_for,
    deliveredAt: row.delivered_at,
    changedAt: row.changed_at,
  });
}
