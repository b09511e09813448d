/** Asks a Temporal server whether it serves, by the gRPC health service that it offers. */
import { Connection } from '@temporalio/client';

const frontend = 'temporal.api.workflowservice.v1.WorkflowService';

/** False when it reports that it does not serve, cannot be reached, or has not answered before the signal aborts. */
export async function temporalAnswers(address: string, signal: AbortSignal): Promise<boolean> {
  // A new connection for each question: a broken connection must not be taken for a broken server. The caller repeats
  // the question.
  const connection = Connection.lazy({ address, interceptors: [] });
  try {
    const answer = await connection.withAbortSignal(signal, () =>
      connection.healthService.check({ service: frontend }),
    );
    const status: number = answer.status;
    return status === serving;
  } catch {
    return false;
  } finally {
    await connection.close();
  }
}

/** `SERVING` of grpc.health.v1. */
const serving = 1;
