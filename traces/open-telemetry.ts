/**
 * Traces by OpenTelemetry: spans wait in a bounded queue and are sent in batches, so a collector that is slow or away costs spans
 * and nothing else. Loaded only when a collector is set.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { context, propagation, SpanKind, SpanStatusCode, trace, type Link, type Span } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { ExportResultCode, parseTraceParent, W3CTraceContextPropagator } from '@opentelemetry/core';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { resourceFromAttributes } from '@opentelemetry/resources';
import { BasicTracerProvider, BatchSpanProcessor, type SpanExporter } from '@opentelemetry/sdk-trace-base';
import { ApplicationFailure } from '@temporalio/common';
import { allowedAttributes } from './allowed-attributes.ts';
import { TracesPlugin } from './temporal-plugin.ts';
import type { OpenSpan, SpanRequest, Traces, TracesRequest } from './traces.ts';

/** Spans that wait to be sent. When there are more, new ones are dropped. */
const queuedSpans = 4096;
/** The longest time that one batch may take, with its repeats. */
const sendMilliseconds = 5_000;
const closingMilliseconds = 2_000;

export function openTelemetry(request: TracesRequest): Traces {
  const resource = resourceFromAttributes({ 'service.name': request.service, 'process.pid': process.pid });
  const exporter = new OTLPTraceExporter({ url: tracesUrl(request.endpoint), timeoutMillis: sendMilliseconds });
  const problems = tellOnce(request.warn);
  const batches = new BatchSpanProcessor(reporting(exporter, problems), {
    maxQueueSize: queuedSpans,
    exportTimeoutMillis: sendMilliseconds,
  });
  const spanProcessor = allowedAttributes(batches);
  const provider = new BasicTracerProvider({ resource, spanProcessors: [spanProcessor] });
  // Temporal's interceptors find the present span and write it into headers through these two.
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  propagation.setGlobalPropagator(new W3CTraceContextPropagator());
  const tracer = provider.getTracer('lodestone');
  const begin = ({ name, attributes = {}, kind, askedBy }: SpanRequest): Span =>
    tracer.startSpan(name, { attributes, kind: kindOf(kind), links: linksTo(askedBy) });
  return {
    begin: (asked) => openSpan(begin(asked)),
    async within(asked, work) {
      const span = begin(asked);
      const open = openSpan(span);
      try {
        const result = await context.with(trace.setSpan(context.active(), span), () => work(open));
        open.end();
        return result;
      } catch (error) {
        open.end(error);
        throw error;
      }
    },
    plugin: new TracesPlugin({ resource, spanProcessor, tracer }),
    async close() {
      const sent = new AbortController();
      const tooLate = delay(closingMilliseconds, undefined, { signal: sent.signal }).then(() =>
        problems.tell('the collector did not take the last ones in time'),
      );
      await Promise.race([provider.shutdown(), tooLate]).catch(() => undefined);
      sent.abort();
      context.disable();
      propagation.disable();
    },
  };
}

/** A collector's address alone stands for its usual path. */
function tracesUrl(endpoint: string): string {
  const url = new URL(endpoint);
  if (url.pathname === '/') url.pathname = '/v1/traces';
  return url.href;
}

function kindOf(kind: SpanRequest['kind']): SpanKind {
  if (kind === 'server') return SpanKind.SERVER;
  return kind === 'client' ? SpanKind.CLIENT : SpanKind.INTERNAL;
}

function linksTo(traceparent: string | undefined): Link[] {
  const asker = traceparent === undefined ? null : parseTraceParent(traceparent);
  return asker === null ? [] : [{ context: asker }];
}

function openSpan(span: Span): OpenSpan {
  return {
    set: (attributes) => void span.setAttributes(attributes),
    end(error) {
      if (error !== undefined) {
        span.setAttribute('error.type', typeOf(error));
        span.setStatus({ code: SpanStatusCode.ERROR });
      }
      span.end();
    },
  };
}

function typeOf(error: unknown): string {
  if (error instanceof ApplicationFailure) return error.type ?? error.name;
  return error instanceof Error ? error.name : typeof error;
}

interface Problems {
  readonly tell: (problem: string) => void;
  /** From now on a problem is told again. */
  readonly forget: () => void;
}

/** Spans that are lost end nothing; somebody should know, and not every few seconds. */
function tellOnce(warn: TracesRequest['warn']): Problems {
  let told = false;
  return {
    tell(problem) {
      if (!told) warn(`spans could not be sent: ${problem}`);
      told = true;
    },
    forget: () => (told = false),
  };
}

function reporting(exporter: OTLPTraceExporter, problems: Problems): SpanExporter {
  return {
    export(spans, done) {
      exporter.export(spans, (result) => {
        if (result.code === ExportResultCode.SUCCESS) problems.forget();
        else problems.tell(result.error?.message ?? 'no reason given');
        done(result);
      });
    },
    forceFlush: () => exporter.forceFlush(),
    shutdown: () => exporter.shutdown(),
  };
}
