/** Starts and cancels the workflows of experiments. The workflow id names tenant and experiment: only one can exist. */
import { TypedSearchAttributes } from '@temporalio/common';
import {
  experimentType,
  experimentWorkflowId,
  type ExperimentInput,
} from '../../../workflows/contract/experiments/experiment.ts';
import type { ExperimentLimits } from '../../../workflows/contract/experiments/limits.ts';
import type { ExperimentSpec } from '../../../workflows/contract/experiments/spec.ts';
import { cutText } from '../../../workflows/contract/cut-text.ts';
import { searchAttributes, taskQueue } from '../../../workflows/contract/names.ts';
import type { TemporalCalls } from '../temporal-calls.ts';

/** What the start of an accepted experiment needs. */
export interface StartableExperiment {
  readonly id: string;
  readonly tenant: string;
  readonly spec: ExperimentSpec;
  readonly limits: ExperimentLimits;
}

export interface ExperimentTemporal {
  /** Starts the workflow, or finds that it was started. Throws `TemporalUnreachable`. */
  start(experiment: StartableExperiment): Promise<void>;
  /** Whether its workflow goes on. Throws `TemporalUnreachable`. */
  isRunning(tenant: string, id: string): Promise<boolean>;
  /** Asks the workflow to stop in order. False when Temporal runs no such experiment. Throws `TemporalUnreachable`. */
  cancel(tenant: string, id: string): Promise<boolean>;
}

export function createExperimentTemporal(
  { client, within }: TemporalCalls,
  queuePrefix: string,
  aiQueue: ExperimentInput['aiQueue'],
): ExperimentTemporal {
  return {
    async start(experiment) {
      const { id, tenant, spec } = experiment;
      await within(async () => {
        await client.workflow.start(experimentType, {
          workflowId: experimentWorkflowId(tenant, id),
          taskQueue: taskQueue(queuePrefix, 'jobs'),
          args: [inputOf(experiment, aiQueue)],
          workflowIdConflictPolicy: 'USE_EXISTING',
          workflowIdReusePolicy: 'REJECT_DUPLICATE',
          // No time-out: the experiment has its own, and one that waits for a worker must not be lost.
          staticSummary: summaryOf(spec.name ?? id),
          typedSearchAttributes: new TypedSearchAttributes([{ key: searchAttributes.tenant, value: tenant }]),
          priority: { fairnessKey: tenant },
        });
      });
    },
    async isRunning(tenant, id) {
      let isRunning = false;
      await within(async () => {
        const { closeTime } = await client.workflow.getHandle(experimentWorkflowId(tenant, id)).describe();
        isRunning = closeTime === undefined;
      });
      return isRunning;
    },
    cancel: (tenant, id) =>
      within(async () => {
        await client.workflow.getHandle(experimentWorkflowId(tenant, id)).cancel();
      }),
  };
}

/** Temporal takes 400 bytes: 100 units of UTF-16 have 300 at most, and control characters would have more. */
function summaryOf(name: string): string {
  return cutText(name.replaceAll(/\p{Cc}/gu, ' '), 100);
}

function inputOf(
  { id, tenant, spec, limits }: StartableExperiment,
  aiQueue: ExperimentInput['aiQueue'],
): ExperimentInput {
  const { code, rounds, gpu } = spec;
  const writes = code === undefined ? 'all' : rounds > 1 ? 'after_first' : 'none';
  return { experimentId: id, tenant, limits, rounds, writes, gpu, aiQueue };
}
