/** Asks a Temporal server, by the health service that every gRPC server of theirs has, whether it serves. */
import { Connection } from '@temporalio/client';

const frontend = 'temporal.api.workflowservice.v1.WorkflowService';

/** False when it says that it does not serve, cannot be reached, or has not answered before the signal aborts. */
export async function temporalAnswers(address: string, signal: AbortSignal): Promise<boolean> {
  // A connection for each question: one that broke must not be taken for the server. Who asks repeats the question.
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
