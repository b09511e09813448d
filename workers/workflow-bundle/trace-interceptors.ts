/**
 * The workflow's end of the traces, for Temporal's sandbox: the interceptors of Temporal's plugin, beside the workflow and not in
 * its way. In its way they would delay each result by some microtasks, and an answer to an update could then come after what it
 * set off: a job that began without traces would not replay with them. A test replays all recorded histories both ways.
 */
import {
  OpenTelemetryInboundInterceptor,
  OpenTelemetryInternalsInterceptor,
  OpenTelemetryOutboundInterceptor,
} from '@temporalio/interceptors-opentelemetry-v2/lib/workflow/index.js';
import type { WorkflowInterceptors } from '@temporalio/workflow';

/**
 * Returns what the intercepted call itself returns. The interceptor makes the call at once, with a span around it; that it
 * then waits for the result to end the span is nobody's concern.
 */
function beside<Input, Result>(
  intercepted: (input: Input, next: (input: Input) => Promise<Result>) => Promise<unknown>,
): (input: Input, next: (input: Input) => Promise<Result>) => Promise<Result> {
  return (input, next) => {
    let result: Promise<Result> | undefined;
    intercepted(input, (passed) => (result = next(passed))).catch(() => undefined);
    if (result === undefined) throw new Error('the interceptor has not made the call at once');
    return result;
  };
}

export function interceptors(): WorkflowInterceptors {
  const inbound = new OpenTelemetryInboundInterceptor();
  const outbound = new OpenTelemetryOutboundInterceptor();
  return {
    inbound: [
      {
        execute: beside(inbound.execute.bind(inbound)),
        handleSignal: beside(inbound.handleSignal.bind(inbound)),
        handleUpdate: beside(inbound.handleUpdate.bind(inbound)),
        handleQuery: beside(inbound.handleQuery.bind(inbound)),
      },
    ],
    outbound: [
      {
        scheduleActivity: beside(outbound.scheduleActivity.bind(outbound)),
        scheduleLocalActivity: beside(outbound.scheduleLocalActivity.bind(outbound)),
        startChildWorkflowExecution: beside(outbound.startChildWorkflowExecution.bind(outbound)),
        signalWorkflow: beside(outbound.signalWorkflow.bind(outbound)),
        continueAsNew: beside(outbound.continueAsNew.bind(outbound)),
      },
    ],
    internals: [new OpenTelemetryInternalsInterceptor()],
  };
}
