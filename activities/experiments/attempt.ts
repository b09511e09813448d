/**
 * One attempt of a phase of an experiment: how long it took, for the limit of the whole, and whether the store was away, which the
 * workflow waits for.
 */
import { ApplicationFailure } from '@temporalio/common';
import { isPassing } from '../../store/database/passing-errors.ts';
import type { PhaseResult, TimedResult } from '../../workflows/contract/experiments/experiment.ts';
import { failure } from '../failure.ts';

export async function phaseAttempt<Value>(work: () => Promise<PhaseResult<Value>>): Promise<TimedResult<Value>> {
  const began = performance.now();
  try {
    const result = await work();
    return { ...result, tookSeconds: (performance.now() - began) / 1000 };
  } catch (error) {
    // A provider's failure may have the cause of a broken connection, too.
    if (error instanceof ApplicationFailure || !isPassing(error)) throw error;
    const said = error instanceof Error ? error.message : String(error);
    throw failure('store', `the store does not answer: ${said}`, { cause: error });
  }
}
