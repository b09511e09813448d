/** Starts and cancels the workflows of tool requests. The workflow id is the request's id: a second start does nothing. */
import { TypedSearchAttributes, WorkflowNotFoundError } from '@temporalio/common';
import { searchAttributes, taskQueue } from '../../../workflows/contract/names.ts';
import { toolRequestType, type ToolRequestInput } from '../../../workflows/contract/tools/tool-request.ts';
import type { TemporalCalls } from '../temporal-calls.ts';

export interface ToolTemporal {
  /** Starts the workflow, or finds that it was started. Throws `TemporalUnreachable`. */
  start(input: ToolRequestInput): Promise<void>;
  /** Whether the workflow was ever started. Throws `TemporalUnreachable`. */
  isStarted(requestId: string): Promise<boolean>;
  /** Asks the workflow to stop. Throws `TemporalUnreachable`. */
  cancel(requestId: string): Promise<void>;
}

export function createToolTemporal({ client, within }: TemporalCalls, queuePrefix: string): ToolTemporal {
  return {
    async start(input) {
      await within(async () => {
        await client.workflow.start(toolRequestType, {
          workflowId: input.requestId,
          taskQueue: taskQueue(queuePrefix, 'jobs'),
          args: [input],
          workflowIdConflictPolicy: 'USE_EXISTING',
          workflowIdReusePolicy: 'REJECT_DUPLICATE',
          staticSummary: input.tool,
          typedSearchAttributes: new TypedSearchAttributes([{ key: searchAttributes.tenant, value: input.tenant }]),
          // Somebody waits for it, unlike for jobs.
          priority: { priorityKey: 2, fairnessKey: input.tenant },
        });
      });
    },
    isStarted: (requestId) =>
      within(async () => {
        try {
          await client.workflow.getHandle(requestId).describe();
          return true;
        } catch (error) {
          if (error instanceof WorkflowNotFoundError) return false;
          throw error;
        }
      }),
    async cancel(requestId) {
      await within(() => client.workflow.getHandle(requestId).cancel());
    },
  };
}
