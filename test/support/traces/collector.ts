/** A collector of traces: it takes OTLP over HTTP as JSON, and has the spans that reached it. */
import { once } from 'node:events';
import { createServer } from 'node:http';
import { text } from 'node:stream/consumers';
import { onTestFinished, vi } from 'vitest';
import { z } from 'zod';

const ValueSchema = z
  .object({
    stringValue: z.string().optional(),
    intValue: z.union([z.string(), z.number()]).optional(),
    doubleValue: z.number().optional(),
    boolValue: z.boolean().optional(),
  })
  .transform(({ stringValue, intValue, doubleValue, boolValue }) =>
    intValue === undefined ? (stringValue ?? doubleValue ?? boolValue ?? null) : Number(intValue),
  );
const AttributesSchema = z
  .array(z.object({ key: z.string(), value: ValueSchema }))
  .default([])
  .transform((list) => Object.fromEntries(list.map(({ key, value }) => [key, value])));
const SpanSchema = z.object({
  name: z.string(),
  traceId: z.string(),
  spanId: z.string(),
  parentSpanId: z.string().default(''),
  attributes: AttributesSchema,
  status: z.object({ code: z.int().default(0), message: z.string().optional() }).default({ code: 0 }),
  links: z.array(z.object({ traceId: z.string() })).default([]),
});
const ExportSchema = z.object({
  resourceSpans: z.array(
    z.object({
      resource: z.object({ attributes: AttributesSchema }),
      scopeSpans: z.array(z.object({ spans: z.array(SpanSchema) })),
    }),
  ),
});

export interface CollectedSpan extends z.infer<typeof SpanSchema> {
  readonly service: unknown;
}

export interface Collector {
  readonly url: string;
  readonly spans: readonly CollectedSpan[];
  /** All that was received, as it was sent. */
  readonly received: readonly string[];
  /** Waits for a span of this name (and of these attributes). */
  span(name: string, attributes?: Readonly<Record<string, unknown>>): Promise<CollectedSpan>;
  /** From a span up to the one that has no parent: their names. */
  pathOf(span: CollectedSpan): readonly string[];
}

/** Listens until the test is over. */
export async function startCollector(): Promise<Collector> {
  const spans: CollectedSpan[] = [];
  const received: string[] = [];
  const server = createServer((request, response) => {
    void text(request).then((body) => {
      if (request.url !== '/v1/traces') return response.writeHead(404).end();
      received.push(body);
      for (const { resource, scopeSpans } of ExportSchema.parse(JSON.parse(body)).resourceSpans) {
        const service = resource.attributes['service.name'];
        spans.push(...scopeSpans.flatMap((scope) => scope.spans.map((span) => ({ ...span, service }))));
      }
      return response.writeHead(200, { 'content-type': 'application/json' }).end('{}');
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(async () => {
    server.close();
    server.closeAllConnections();
    await once(server, 'close');
  });
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the server has no port');
  const found = (name: string, attributes: Readonly<Record<string, unknown>>): CollectedSpan | undefined =>
    spans.find(
      (span) =>
        span.name === name && Object.entries(attributes).every(([key, value]) => span.attributes[key] === value),
    );
  return {
    url: `http://127.0.0.1:${address.port}`,
    spans,
    received,
    span: (name, attributes = {}) =>
      vi.waitFor(
        () => {
          const span = found(name, attributes);
          if (span === undefined) throw new Error(`no span ${name} among ${spans.map((one) => one.name).join(', ')}`);
          return span;
        },
        { timeout: 20_000, interval: 20 },
      ),
    pathOf(span) {
      const path: string[] = [];
      for (let at: CollectedSpan | undefined = span; at !== undefined;) {
        path.push(at.name);
        const { parentSpanId }: CollectedSpan = at;
        at = spans.find(({ spanId }) => spanId === parentSpanId);
      }
      return path;
    },
  };
}
