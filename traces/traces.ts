/**
 * Traces: spans of what a process does, sent to a collector by OTLP. They are off unless a collector is set, and then no code
 * of OpenTelemetry is loaded: the rest of the project sees the interfaces in this file alone.
 */
import type { ClientPlugin } from '@temporalio/client';
import type { WorkerPlugin } from '@temporalio/worker';

/** Values of a span. A key that `allowed-attributes.ts` does not list is dropped. */
export type SpanAttributes = Readonly<Record<string, string | number | boolean>>;

/** A span that was begun. */
export interface OpenSpan {
  set(attributes: SpanAttributes): void;
  /** Once; with an error, of which only the type is kept. */
  end(error?: unknown): void;
}

export interface SpanRequest {
  readonly name: string;
  readonly attributes?: SpanAttributes;
  /** `server` for a request that arrives, `client` for one that leaves; else work of the process itself. */
  readonly kind?: 'server' | 'client';
  /** The `traceparent` header of who asked: it is linked to, and never continued, since strangers can send any. */
  readonly askedBy?: string | undefined;
}

export interface Traces {
  /** Begins a span under the present one. It does not become the present one. */
  begin(request: SpanRequest): OpenSpan;
  /** Does work within a span, which ends with it, and which is the present one meanwhile. */
  within<T>(request: SpanRequest, work: (span: OpenSpan) => Promise<T>): Promise<T>;
  /** For Temporal's clients and workers: workflows and activities have spans, and carry the trace on. */
  readonly plugin: ClientPlugin & WorkerPlugin;
  /** Sends what is left, within a few seconds, and ends the traces. Never throws. */
  close(): Promise<void>;
}

export interface TracesRequest {
  /** Where a collector takes OTLP over HTTP. */
  readonly endpoint: string;
  /** The name of the process in the traces. */
  readonly service: 'lodestone-api' | 'lodestone-worker';
  /** Told when spans cannot be sent: once, until some can again. */
  readonly warn: (problem: string) => void;
}
