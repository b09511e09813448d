/** Starts and cancels jobs at Temporal. Safe to repeat: a job's id is its workflow's id, and there is one of each. */
import {
  Client,
  Connection,
  isGrpcServiceError,
  WorkflowExecutionAlreadyStartedError,
  WorkflowNotFoundError,
} from '@temporalio/client';
import { TypedSearchAttributes } from '@temporalio/common';
import { loadClientConnectConfig } from '@temporalio/envconfig';
import type { LeadMagnetJobInput } from '../../workflows/contract/job.ts';
import { leadMagnetJobType, searchAttributes, taskQueue } from '../../workflows/contract/names.ts';

export interface JobStarter {
  /** Starts the job's workflow, or finds that it was started. Throws `TemporalUnreachable`. */
  start(jobId: string, input: LeadMagnetJobInput): Promise<void>;
  /** Asks a job to stop; it does so in order. False when Temporal runs no such job. Throws `TemporalUnreachable`. */
  cancel(jobId: string): Promise<boolean>;
  close(): Promise<void>;
}

export class TemporalUnreachable extends Error {
  override readonly name = 'TemporalUnreachable';
}

/** How long an answer may take before the caller is told that Temporal cannot be reached. */
const deadlineMilliseconds = 4_000;

export function createJobStarter(queuePrefix: string): JobStarter & { readonly namespace: string } {
  const { connectionOptions, namespace = 'default' } = loadClientConnectConfig();
  const connection = Connection.lazy(connectionOptions);
  const client = new Client({ connection, namespace });
  const address = connectionOptions.address ?? 'localhost:7233';
  /** Whether the call did something: false when it found the job started already, or gone. */
  const within = async (call: () => Promise<unknown>): Promise<boolean> => {
    try {
      await connection.withDeadline(Date.now() + deadlineMilliseconds, call);
      return true;
    } catch (error) {
      if (error instanceof WorkflowExecutionAlreadyStartedError || error instanceof WorkflowNotFoundError) return false;
      const refusal = error instanceof Error && isGrpcServiceError(error.cause) ? error.cause : error;
      if (!isGrpcServiceError(refusal)) throw error;
      throw new TemporalUnreachable(`Temporal at ${address} does not answer: ${refusal.details}`, { cause: error });
    }
  };

  return {
    namespace,
    async start(jobId, input) {
      await within(async () => {
        await client.workflow.start(leadMagnetJobType, {
          workflowId: jobId,
          taskQueue: taskQueue(queuePrefix, 'jobs'),
          args: [input],
          workflowIdConflictPolicy: 'USE_EXISTING',
          workflowIdReusePolicy: 'REJECT_DUPLICATE',
          // No time-out here: the job keeps its own, and one that waits for a worker must not be lost.
          staticSummary: `${input.definition.name} (version ${input.version})`,
          typedSearchAttributes: new TypedSearchAttributes([
            { key: searchAttributes.tenant, value: input.tenant },
            { key: searchAttributes.leadMagnet, value: input.definition.slug },
            { key: searchAttributes.state, value: 'accepted' },
          ]),
          priority: { fairnessKey: input.tenant },
        });
      });
    },
    cancel: (jobId) =>
      within(async () => {
        await client.workflow.getHandle(jobId).cancel();
      }),
    async close() {
      await connection.close();
    },
  };
}
