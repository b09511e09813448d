/** Runs one check of an economy batch as an activity: heartbeats, cancellation, log lines and metrics. */
import type { BatchEconomyActivities } from '../../../workflows/contract/batches/economy.ts';
import { withHeartbeat } from '../../heartbeat.ts';
import { runEconomy } from './economy.ts';
import type { EconomyDependencies } from './economy-ports.ts';
import { itemObserver } from '../partition/run-batch-partition.ts';

export function createRunBatchEconomy(
  dependencies: Omit<EconomyDependencies, 'onItem'>,
): BatchEconomyActivities['runBatchEconomy'] {
  return (input) =>
    // The checkpoint is in the store; the heartbeat only shows that the activity is alive.
    withHeartbeat({ until: input.until }, (_beat, signal) =>
      runEconomy({ ...dependencies, onItem: itemObserver() }, input, signal),
    );
}
