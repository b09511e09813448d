/**
 * What may leave the process in a span: listed attributes, and of errors their type. Temporal's interceptors put whole errors, and
 * all that a workflow knows of itself, into spans; a message may quote an answer, a page or an address of a person.
 */
import type { ReadableSpan, SpanProcessor } from '@opentelemetry/sdk-trace-base';

const allowed: ReadonlySet<string> = new Set([
  // Temporal's
  'workflowId',
  'runId',
  'workflowType',
  'taskQueue',
  'namespace',
  'temporalWorkflowId',
  'temporalActivityId',
  'run_id',
  // OpenTelemetry's
  'error.type',
  'exception.type',
  'gen_ai.operation.name',
  'gen_ai.request.model',
  'gen_ai.response.model',
  'gen_ai.usage.input_tokens',
  'gen_ai.usage.output_tokens',
  'http.request.method',
  'http.response.status_code',
  'http.route',
  'server.address',
  'server.port',
  // Ours
  'lodestone.action',
  'lodestone.attempt',
  'lodestone.cached_input_tokens',
  'lodestone.cost_usd',
  'lodestone.job',
  'lodestone.language',
  'lodestone.lead_magnet',
  'lodestone.reattached',
  'lodestone.status',
  'lodestone.step',
  'lodestone.step_kind',
]);

/** Temporal reports a workflow's attributes as they are: dates and objects among them. */
function reduced(attributes: ReadableSpan['attributes']): ReadableSpan['attributes'] {
  return Object.fromEntries(Object.entries(attributes).filter(([key]) => allowed.has(key)));
}

function withAllowedAttributes(span: ReadableSpan): ReadableSpan {
  const { name, kind, parentSpanContext, startTime, endTime, duration, ended, resource, instrumentationScope } = span;
  return {
    name,
    kind,
    spanContext: () => span.spanContext(),
    ...(parentSpanContext === undefined ? {} : { parentSpanContext }),
    startTime,
    endTime,
    duration,
    ended,
    resource,
    instrumentationScope,
    status: { code: span.status.code },
    attributes: reduced(span.attributes),
    links: span.links.map(({ context }) => ({ context })),
    events: span.events
      .filter((event) => event.name === 'exception')
      .map((event) => ({ name: event.name, time: event.time, attributes: reduced(event.attributes ?? {}) })),
    droppedAttributesCount: 0,
    droppedEventsCount: 0,
    droppedLinksCount: 0,
  };
}

/** Passes spans on with what may leave the process. */
export function allowedAttributes(next: SpanProcessor): SpanProcessor {
  return {
    onStart: (span, context) => next.onStart(span, context),
    onEnd: (span) => next.onEnd(withAllowedAttributes(span)),
    forceFlush: () => next.forceFlush(),
    shutdown: () => next.shutdown(),
  };
}
