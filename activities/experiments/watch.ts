/**
 * What people are alerted of besides batches and parts: experiments that fail or wait for too long, and a disk that fills. Looked
 * at with every reconciliation.
 */
import { statfs } from 'node:fs/promises';
import type { MetricMeter } from '@temporalio/common';
import type { ExperimentHealth } from '../../store/experiments/experiment-health.ts';
import type { Alert } from '../../store/platform/alerts.ts';

export interface WatchDependencies {
  readonly health: ExperimentHealth;
  readonly dataFolder: string;
  /** An experiment that waits longer for a worker is an alert. */
  readonly waitMinutes: number;
  readonly now: () => number;
  readonly diskUse?: (folder: string) => Promise<DiskUse>;
}

export interface DiskUse {
  /** Of what this process may use, from 0 to 1. */
  readonly usedShare: number;
  readonly freeBytes: number;
}

/** Which alerts there are now. */
export type Watch = (meter: MetricMeter) => Promise<readonly Alert[]>;

const hour = 3_600_000;
/** With fewer, a few wrong codecs of one person would be an alert. */
const leastEnded = 10;
const failedShare = 0.5;
const manyWaiting = 500;
const fullShare = 0.8;

export function createWatch({ health, dataFolder, waitMinutes, now, diskUse = diskUseOf }: WatchDependencies): Watch {
  return async (meter) => {
    const { ended, failed } = await health.endsSince(new Date(now() - hour));
    const { count, oldestAt } = await health.waiting();
    const waitSeconds = oldestAt === null ? 0 : Math.max(0, (now() - Date.parse(oldestAt)) / 1000);
    const { usedShare } = await diskUse(dataFolder);
    measure(meter, { waiting: count, waitSeconds, usedShare });
    const alerts: Alert[] = [];
    if (ended >= leastEnded && failed > failedShare * ended) {
      const message = `${failed} of the ${ended} experiments that ended in the last hour were not completed`;
      alerts.push({ type: 'experiments_failing', batchId: null, message });
    }
    if (waitSeconds > waitMinutes * 60 || count > manyWaiting) {
      const message = `${count} experiments wait for a worker, the first for ${Math.round(waitSeconds / 60)} minutes`;
      alerts.push({ type: 'experiments_waiting', batchId: null, message });
    }
    if (usedShare > fullShare) {
      const message = `the disk of the data folder is ${Math.floor(usedShare * 100)} % full`;
      alerts.push({ type: 'disk_filling', batchId: null, message });
    }
    return alerts;
  };
}

/** As `df` tells it: what is reserved for root does not count. */
export async function diskUseOf(folder: string): Promise<DiskUse> {
  const { blocks, bfree, bavail, bsize } = await statfs(folder);
  const used = blocks - bfree;
  return { usedShare: used / Math.max(1, used + bavail), freeBytes: bavail * bsize };
}

function measure(
  meter: MetricMeter,
  found: { readonly waiting: number; readonly waitSeconds: number; readonly usedShare: number },
): void {
  const gauge = (name: string, unit: string, description: string, value: number): void =>
    meter.createGauge(`lodestone_${name}`, 'float', unit, description).set(value);
  gauge('experiments_waiting', 'experiments', 'Experiments that no worker has begun', found.waiting);
  gauge('experiment_wait_seconds', 's', 'How long the first of them has waited', found.waitSeconds);
  gauge('disk_used_ratio', 'ratio', 'Share of the disk of the data folder that is used', found.usedShare);
}
