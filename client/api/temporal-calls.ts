/** Calls to Temporal with a time limit, and errors that say who did not answer: Temporal itself, or a worker. */
import {
  Client,
  Connection,
  isGrpcServiceError,
  WorkflowExecutionAlreadyStartedError,
  WorkflowNotFoundError,
} from '@temporalio/client';
import { loadClientConnectConfig } from '@temporalio/envconfig';
import type { Traces } from '../../traces/traces.ts';

/** Temporal has the workflow, but no worker serves it: it is unknown whether a message will be accepted. */
export class JobUnattended extends Error {
  override readonly name = 'JobUnattended';
}

export class TemporalUnreachable extends Error {
  override readonly name = 'TemporalUnreachable';
}

/** gRPC's codes for a call that Temporal refuses whenever it is made: it was reached. 3 is INVALID_ARGUMENT. */
const refusedCodes: readonly number[] = [3];

/** How long an answer may take before Temporal counts as unreachable. */
const deadlineMilliseconds = 4_000;
/** The same for answers of a worker: after a worker was killed, Temporal waits 10 s before it asks another. */
const answerDeadlineMilliseconds = 15_000;

export interface TemporalCalls {
  readonly client: Client;
  readonly namespace: string;
  /** Whether the call changed something: false when the workflow was started already, or is gone. */
  readonly within: (call: () => Promise<unknown>) => Promise<boolean>;
  /** A call that a worker answers; the workflow's own errors are passed on. */
  readonly answered: <T>(call: () => Promise<T>) => Promise<T>;
  /** The error for an answer that did not arrive: Temporal is away, or no worker serves it. */
  readonly whyNotTaken: (workflowId: string, error: unknown) => Promise<JobUnattended>;
  /** The error for a call that did not reach Temporal; throws any other error unchanged. */
  readonly unreachable: (error: unknown) => TemporalUnreachable;
  readonly close: () => Promise<void>;
}

export function connectTemporal(traces: Traces | null = null): TemporalCalls {
  const { connectionOptions, namespace = 'default' } = loadClientConnectConfig();
  const connection = Connection.lazy(connectionOptions);
  const client = new Client({ connection, namespace, plugins: traces === null ? [] : [traces.plugin] });
  const address = connectionOptions.address ?? 'localhost:7233';
  const unreachable = (error: unknown): TemporalUnreachable => {
    const refusal = error instanceof Error && isGrpcServiceError(error.cause) ? error.cause : error;
    if (!isGrpcServiceError(refusal) || refusedCodes.includes(refusal.code)) throw error;
    return new TemporalUnreachable(`Temporal at ${address} does not answer: ${refusal.details}`, { cause: error });
  };
  const within: TemporalCalls['within'] = async (call) => {
    try {
      await connection.withDeadline(Date.now() + deadlineMilliseconds, call);
      return true;
    } catch (error) {
      if (error instanceof WorkflowExecutionAlreadyStartedError || error instanceof WorkflowNotFoundError) return false;
      throw unreachable(error);
    }
  };
  return {
    client,
    namespace,
    within,
    unreachable,
    answered: (call) => connection.withDeadline(Date.now() + answerDeadlineMilliseconds, call),
    async whyNotTaken(workflowId, error) {
      const found = await within(() => client.workflow.getHandle(workflowId).describe());
      if (!found) throw error;
      const message = 'no worker answered in time; what was asked may still be taken when one is back';
      return new JobUnattended(message, { cause: error });
    },
    close: () => connection.close(),
  };
}
