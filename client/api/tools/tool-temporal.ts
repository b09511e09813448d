/** Starts and cancels the workflows of tool requests. The workflow id is the request's id: one workflow of it runs at a time. */
import { TypedSearchAttributes } from '@temporalio/common';
import { searchAttributes, taskQueue } from '../../../workflows/contract/names.ts';
import { toolRequestType, type ToolRequestInput } from '../../../workflows/contract/tools/tool-request.ts';
import type { TemporalCalls } from '../temporal-calls.ts';

export interface ToolTemporal {
  /** Starts the workflow, or finds that it runs. Throws `TemporalUnreachable`. */
  start(input: ToolRequestInput): Promise<void>;
  /**
   * Whether the workflow of a request that was accepted then was ever started. One that had ended before belongs to an earlier
   * request of this id, which went with its conversation. Throws `TemporalUnreachable`.
   */
  isStarted(requestId: string, acceptedAt: Date): Promise<boolean>;
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
          // Temporal remembers a workflow for longer than the store a conversation: the id may be used anew before.
          workflowIdReusePolicy: 'ALLOW_DUPLICATE',
          staticSummary: input.tool,
          typedSearchAttributes: new TypedSearchAttributes([{ key: searchAttributes.tenant, value: input.tenant }]),
          // Somebody waits for it, unlike for jobs.
          priority: { priorityKey: 2, fairnessKey: input.tenant },
        });
      });
    },
    async isStarted(requestId, acceptedAt) {
      let closedAt: Date | undefined;
      const isKnown = await within(async () => {
        closedAt = (await client.workflow.getHandle(requestId).describe()).closeTime;
      });
      return isKnown && (closedAt === undefined || closedAt >= acceptedAt);
    },
    async cancel(requestId) {
      await within(() => client.workflow.getHandle(requestId).cancel());
    },
  };
}
