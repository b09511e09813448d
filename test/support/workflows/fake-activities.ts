/** Activities that do nothing but succeed, and remember what they were asked; tests replace those they are about. */
import type {
  CloseJobInput,
  EndDeliveryInput,
  StepActivityInput,
  StepActivityResult,
} from '../../../workflows/contract/jobs/job.ts';
import { noUsage } from '../../../workflows/contract/usage.ts';
import { defaultBatchLimits } from '../../../workflows/contract/batches/limits.ts';
import { stepBatchId, stepToolRequestId } from '../../../workflows/contract/names.ts';
import { toolLimits } from '../../../workflows/contract/tools/limits.ts';
import type { AllActivities } from './workflow-environment.ts';

export function stepResult(parts: Partial<StepActivityResult> = {}): StepActivityResult {
  return {
    state: 'succeeded',
    reason: null,
    output: { kind: 'inline', value: { text: 'done' } },
    artifacts: [],
    usage: noUsage,
    attempts: 1,
    iterations: 0,
    recoveryLevel: null,
    ...parts,
  };
}

export interface Recorded {
  readonly steps: StepActivityInput[];
  readonly closed: CloseJobInput[];
  readonly delivered: string[];
  readonly endedDeliveries: EndDeliveryInput[];
}

export function fakeActivities(replaced: Partial<AllActivities> = {}): {
  readonly activities: AllActivities;
  readonly recorded: Recorded;
} {
  const recorded: Recorded = { steps: [], closed: [], delivered: [], endedDeliveries: [] };
  const run = async (input: StepActivityInput): Promise<StepActivityResult> => {
    recorded.steps.push(input);
    return stepResult();
  };
  const activities: AllActivities = {
    openJob: async () => undefined,
    closeJob: async (input) => void recorded.closed.push(input),
    planDelivery: async () => ({ waitSeconds: 0 }),
    endDelivery: async (input) => void recorded.endedDeliveries.push(input),
    runAi: run,
    runCode: run,
    runComputerUse: run,
    runRender: run,
    runWebhook: run,
    prepareBatchStep: async ({ job, step, generation }) => ({
      batchId: stepBatchId(job.id, step.id, generation),
      limits: defaultBatchLimits,
      summary: step.id,
    }),
    collectBatchStep: run,
    prepareToolStep: async ({ job, step, generation }) => ({
      requestId: stepToolRequestId(job.id, step.id, generation),
      limits: toolLimits({}, ''),
    }),
    collectToolStep: run,
    endRedelivery: async () => undefined,
    redeliver: async ({ deliveryId }) => {
      recorded.delivered.push(deliveryId);
      return { state: 'delivered' };
    },
    deliver: async ({ deliveryId }) => {
      recorded.delivered.push(deliveryId);
      return { state: 'delivered' };
    },
    ...replaced,
  };
  return { activities, recorded };
}
