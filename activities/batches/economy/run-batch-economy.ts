/** The look at an economy batch as an activity: heartbeats, cancellation, log lines and metrics. */
import type { BatchEconomyActivities } from '../../../workflows/contract/batches/economy.ts';
import { withHeartbeat } from '../../heartbeat.ts';
import { runEconomy } from './economy.ts';
import type { EconomyDependencies } from './economy-ports.ts';
import { itemObserver } from '../partition/run-batch-partition.ts';

export function createRunBatchEconomy(
  dependencies: Omit<EconomyDependencies, 'onItem'>,
): BatchEconomyActivities['runBatchEconomy'] {
  return (input) =>
    // The store is the checkpoint; the beat says that the look goes on.
    withHeartbeat({ until: input.until }, (_beat, signal) =>
      runEconomy({ ...dependencies, onItem: itemObserver() }, input, signal),
    );
}
