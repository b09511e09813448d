/** Expert tools over HTTP: the list, a call that waits or streams its progress, and a request by its id. */
import { createRoute, z, type OpenAPIHono } from '@hono/zod-openapi';
import type { Context } from 'hono';
import { toolLimits } from '../../../workflows/contract/tools/limits.ts';
import { tools } from '../../../workflows/contract/tools/catalogue.ts';
import { ToolRequestViewSchema } from '../../../workflows/contract/tools/tool-view.ts';
import type { ApiDependencies } from '../dependencies.ts';
import { streamAtOnce } from '../http/event-stream.ts';
import type { LargeJson } from '../http/large-json.ts';
import { whyNotLocal } from '../http/local-client.ts';
import { ProblemError } from '../http/problem.ts';
import { changeRefusals, json, JsonObjectSchema, problem } from '../http/documented-answers.ts';
import { cancelToolRequest } from './tool-cancel.ts';
import type { StartedCall, ToolCaller } from './tool-caller.ts';
import { findToolRequest, toolNamed } from './tool-requests.ts';

const ToolRequestSchema = ToolRequestViewSchema.meta({ id: 'ToolRequest' });

const ToolSchema = z
  .object({
    name: z.string(),
    title: z.string(),
    description: z.string(),
    hasExpert: z.boolean(),
    requestSeconds: z.number().nullable().describe('the limit of a request; null without one'),
    inputSchema: JsonObjectSchema,
    outputSchema: JsonObjectSchema,
  })
  .meta({ id: 'Tool' });

const listRoute = createRoute({
  method: 'get',
  path: '/v1/tools',
  tags: ['Tools'],
  summary: 'The expert tools, with their schemas',
  responses: { 200: json('The tools', z.object({ tools: z.array(ToolSchema) })) },
});

const HeadersSchema = z.object({
  'idempotency-key': z.string().min(1).max(200).optional(),
  accept: z
    .string()
    .optional()
    .describe('text/event-stream for progress: events `progress`, then `result`, or `problem`'),
});

const callRoute = createRoute({
  method: 'post',
  path: '/v1/tools/{name}',
  tags: ['Tools'],
  summary: 'Call a tool: waits for its end, or streams its progress as server-sent events',
  request: {
    params: z.object({ name: z.string().openapi({ param: { name: 'name', in: 'path' } }) }),
    headers: HeadersSchema,
    body: { required: true, content: { 'application/json': { schema: JsonObjectSchema } } },
  },
  responses: {
    200: {
      description:
        'The request has ended, within its limit; `outcome` and `cut` say how. The same Idempotency-Key answers the same request',
      content: { 'application/json': { schema: ToolRequestSchema }, 'text/event-stream': { schema: z.string() } },
    },
    ...changeRefusals,
    400: problem('The body is not a JSON object'),
    404: problem('No such tool, or no such conversation now'),
    409: problem('The Idempotency-Key was used for another request'),
    408: problem('The body did not arrive within a minute'),
    413: problem('Above one and a half times what the files of a call may have, and 1 MiB'),
    415: problem('The body is not application/json'),
    422: problem('A problem for every field that is wrong; nothing was started'),
    503: problem('Temporal cannot be reached, or too many callers wait or large bodies arrive; nothing was started'),
    504: problem('Neither a worker nor the store told of the end within the limit; `requestId` names the request'),
  },
});

const readRoute = createRoute({
  method: 'get',
  path: '/v1/tool-requests/{id}',
  tags: ['Tools'],
  summary: 'A request of a tool: how far it is, or its result',
  request: { params: z.object({ id: z.string().openapi({ param: { name: 'id', in: 'path' } }) }) },
  responses: { 200: json('The request', ToolRequestSchema), 404: problem('No such request') },
});

const cancelRoute = createRoute({
  method: 'post',
  path: '/v1/tool-requests/{id}/cancel',
  tags: ['Tools'],
  summary: 'Cancel a request of a tool; one that has ended stays as it is',
  request: { params: z.object({ id: z.string().openapi({ param: { name: 'id', in: 'path' } }) }) },
  responses: {
    202: json('The request as it is now', ToolRequestSchema),
    ...changeRefusals,
    404: problem('No such request'),
    503: problem('Temporal cannot be reached; the request goes on until its limit'),
  },
});

/** Whether a path is the call of a tool, whose body has its own limit and checks. */
export function isToolCall(path: string): boolean {
  return /^\/v1\/tools\/[^/]+$/.test(path);
}

export function addToolRoutes(
  app: OpenAPIHono,
  dependencies: ApiDependencies,
  caller: ToolCaller,
  bodies: LargeJson,
): void {
  const listed = tools.map((tool) => ({
    name: tool.name,
    title: tool.title,
    description: tool.description,
    hasExpert: tool.expertInstructions !== null,
    requestSeconds: toolLimits(dependencies.toolChoices, tool.name).requestSeconds,
    inputSchema: jsonSchema(tool.input, 'input'),
    outputSchema: jsonSchema(tool.output, 'output'),
  }));
  app.openapi(listRoute, (context) => context.json({ tools: listed }, 200));

  // The framework would parse the body on the event loop.
  app.openAPIRegistry.registerPath(callRoute);
  app.post('/v1/tools/:name', async (context) => {
    const tool = toolNamed(context.req.param('name')).name;
    const { 'idempotency-key': idempotencyKey, accept } = read(HeadersSchema, context.req.header());
    const input = read(JsonObjectSchema, await bodies.read(context));
    const call = await caller.start({
      tool,
      input,
      idempotencyKey,
      whyNotLocal: whyNotLocal(context, dependencies.publicUrl),
    });
    context.header('location', `/v1/tool-requests/${call.id}`);
    if (accept?.includes('text/event-stream') === true) return streamCall(context, call);
    return context.json(await call.end(context.req.raw.signal), 200);
  });

  app.openapi(readRoute, async (context) =>
    context.json(await found(dependencies, context.req.valid('param').id), 200),
  );

  app.openapi(cancelRoute, async (context) => {
    const { id } = context.req.valid('param');
    await cancelToolRequest(dependencies, id);
    return context.json(await found(dependencies, id), 202);
  });
}

/** Throws `ProblemError` where the value is no such. */
function read<Schema extends z.ZodType>(schema: Schema, value: unknown): z.infer<Schema> {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues.map(({ path, message }) => ({ path: path.join('.'), message }));
  const detail = problems.map(({ path, message }) => `${path || 'the body'}: ${message}`).join('; ');
  throw new ProblemError('invalid-request', detail, { problems });
}

/** Progress and then the result as server-sent events; a problem that comes after the beginning is an event too. */
function streamCall(context: Context, call: StartedCall): Response {
  return streamAtOnce(context, async (stream) => {
    const gone = new AbortController();
    stream.onAbort(() => gone.abort());
    const tell = (event: string, data: unknown): Promise<void> =>
      stream.writeSSE({ event, data: JSON.stringify(data) });
    try {
      const view = await call.end(gone.signal, (progress) => tell('progress', progress));
      if (!gone.signal.aborted) await tell('result', view);
    } catch (error) {
      if (!(error instanceof ProblemError)) throw error;
      await tell('problem', error.problem);
    }
  });
}

async function found(dependencies: ApiDependencies, id: string): Promise<z.infer<typeof ToolRequestViewSchema>> {
  const view = await findToolRequest(dependencies, id);
  if (view === null) throw new ProblemError('not-found', `there is no tool request ${id}`);
  return view;
}

function jsonSchema(schema: z.ZodObject, io: 'input' | 'output'): z.infer<typeof JsonObjectSchema> {
  return JsonObjectSchema.parse(z.toJSONSchema(schema, { io, target: 'draft-2020-12' }));
}
