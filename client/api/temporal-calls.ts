/** Calls to Temporal that end in time, and errors that say who did not answer: Temporal itself, or a worker. */
import {
  Client,
  Connection,
  isGrpcServiceError,
  WorkflowExecutionAlreadyStartedError,
  WorkflowNotFoundError,
} from '@temporalio/client';
import { loadClientConnectConfig } from '@temporalio/envconfig';

/** Temporal has the workflow, but no worker serves it: nobody can say whether a message will be taken. */
export class JobUnattended extends Error {
  override readonly name = 'JobUnattended';
}

export class TemporalUnreachable extends Error {
  override readonly name = 'TemporalUnreachable';
}

/** How long an answer may take before the caller is told that Temporal cannot be reached. */
const deadlineMilliseconds = 4_000;
/** The same for what a worker answers: after one was killed, Temporal keeps 10 s for it before it asks another. */
const answerDeadlineMilliseconds = 15_000;

export interface TemporalCalls {
  readonly client: Client;
  readonly namespace: string;
  /** Whether the call did something: false when it found the workflow started already, or gone. */
  readonly within: (call: () => Promise<unknown>) => Promise<boolean>;
  /** A call that a worker answers; its own errors come through. */
  readonly answered: <T>(call: () => Promise<T>) => Promise<T>;
  /** What to throw for an answer that was waited for in vain: Temporal is away, or it is there and no worker is. */
  readonly whyNotTaken: (workflowId: string, error: unknown) => Promise<JobUnattended>;
  /** What to throw for a call that did not reach Temporal; throws anything else as it is. */
  readonly unreachable: (error: unknown) => TemporalUnreachable;
  readonly close: () => Promise<void>;
}

export function connectTemporal(): TemporalCalls {
  const { connectionOptions, namespace = 'default' } = loadClientConnectConfig();
  const connection = Connection.lazy(connectionOptions);
  const client = new Client({ connection, namespace });
  const address = connectionOptions.address ?? 'localhost:7233';
  const unreachable = (error: unknown): TemporalUnreachable => {
    const refusal = error instanceof Error && isGrpcServiceError(error.cause) ? error.cause : error;
    if (!isGrpcServiceError(refusal)) throw error;
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
