/**
 * Standing alerts, each with the time since when it stands: the time distinguishes an alert that continues from one
 * that came back.
 */
import type { AlertTable } from '../database/tables/alert-table.ts';
import type { Database } from '../database/database.ts';
import { inTransaction, lockBatch, lockName, type Lock } from '../database/transactions.ts';
import { insertEvent } from '../jobs/events.ts';

/** P20, P21 and P22; parts of the installation that died, or are not started again; C15. */
export type AlertType =
  | 'items_stuck'
  | 'items_much_tried'
  | 'batch_over_24_hours'
  | 'parts_died'
  | 'part_given_up'
  | 'experiments_failing'
  | 'experiments_waiting'
  | 'disk_filling';

export interface Alert {
  readonly type: AlertType;
  /** Null for an alert about the platform. */
  readonly batchId: string | null;
  /** A sentence without its full stop. */
  readonly message: string;
}

export interface StandingAlert extends Alert {
  /** The same for as long as the alert stands, and at no other time. */
  readonly key: string;
  /** ISO 8601, UTC. */
  readonly since: string;
}

export interface SettledAlerts {
  readonly standing: readonly StandingAlert[];
  /** Alerts that did not stand before. */
  readonly raised: readonly StandingAlert[];
  /** Keys of alerts that no longer stand. */
  readonly over: readonly string[];
}

export interface Alerts {
  /** Makes exactly these alerts the standing ones. A new one is also an event of its batch, `alert.TYPE`. */
  settle(alerts: readonly Alert[], now: Date): Promise<SettledAlerts>;
}

export function createAlerts(database: Database): Alerts {
  return {
    settle: (alerts, now) =>
      inTransaction(database, lockAlerts(alerts), async (transaction) => {
        const rows = await transaction.selectFrom('alerts').select(['key', 'since']).execute();
        const before = new Map(rows.map(({ key, since }) => [key, since]));
        const standing = alerts.map((alert) => {
          const key = alert.batchId === null ? alert.type : `${alert.type}/${alert.batchId}`;
          return { ...alert, key, since: before.get(key) ?? now.toISOString() };
        });
        await transaction.deleteFrom('alerts').execute();
        if (standing.length > 0) await transaction.insertInto('alerts').values(standing.map(toRow)).execute();
        const raised = standing.filter(({ key }) => !before.has(key));
        for (const { batchId, type, message } of raised) {
          if (batchId !== null) await insertEvent(transaction, { jobId: batchId, type: `alert.${type}`, message });
        }
        const keys = new Set(standing.map(({ key }) => key));
        return { standing, raised, over: [...before.keys()].filter((key) => !keys.has(key)) };
      }),
  };
}

/** All alerts, and the batches that may get events about theirs. */
function lockAlerts(alerts: readonly Alert[]): Lock {
  const batchIds = alerts.flatMap(({ batchId }) => (batchId === null ? [] : [batchId]));
  return async (transaction) => {
    await lockName('alerts')(transaction);
    for (const batchId of [...new Set(batchIds)].toSorted()) await lockBatch(batchId)(transaction);
  };
}

function toRow({ key, type, batchId, message, since }: StandingAlert): AlertTable['alerts'] {
  return { key, type, batch_id: batchId, message, since };
}
