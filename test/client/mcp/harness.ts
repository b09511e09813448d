/** Official MCP clients against the real app, whose tool requests the real activities run with a scripted model. */
import { fileURLToPath } from 'node:url';
import { setTimeout as delay } from 'node:timers/promises';
import { Client, StreamableHTTPClientTransport, type CallToolResult } from '@modelcontextprotocol/client';
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio';
import { MockActivityEnvironment } from '@temporalio/testing';
import { onTestFinished } from 'vitest';
import { z } from 'zod';
import { createToolActivities } from '../../../activities/tools/run-tool.ts';
import type { Tool } from '../../../workflows/contract/tools/tool.ts';
import { scriptedModel } from '../../support/tools/tool-run.ts';
import { serveApp, testApi, type Api } from '../api/harness.ts';

const entry = fileURLToPath(new URL('../../../client/cli/lodestone.mjs', import.meta.url));

export interface McpApi extends Api {
  readonly url: string;
}

/** The API of a machine of its own: no public address leads to it. */
export function localApi(): Promise<Api> {
  return testApi({ publicUrl: 'http://127.0.0.1:8700' });
}

/** The API with its address. It has no worker yet. */
export async function mcpApi(): Promise<McpApi> {
  const api = await localApi();
  return { ...api, url: await serveApp(api.app) };
}

/** Ends each request as a worker would, with the real activities. */
export function answering({ tools, store }: Api): void {
  const activities = createToolActivities({
    store,
    model: scriptedModel([]),
    now: () => Date.now(),
    sleep: (milliseconds) => delay(milliseconds),
    wasCancelled: () => false,
    defaultModel: 'm',
    expertModel: 'expert',
    pricedModels: ['m'],
    providers: { list: () => [] },
    toolChoices: {},
    locale: null,
  });
  const inActivity = <Result>(work: () => Promise<Result>): Promise<Result> =>
    new MockActivityEnvironment({ attempt: 1 }).run(work);
  tools.onStart = async ({ requestId, tenant }) => {
    const turn = await inActivity(() => activities.runToolTurn({ requestId, tenant }));
    if (turn.next === 'expert') await inActivity(() => activities.runToolExpert({ requestId, tenant }));
  };
}

export type Way = 'stdio' | 'http' | 'http of 2025';

/** A connected client. It is closed when the test is over. */
export async function connect(url: string, way: Way): Promise<Client> {
  const client = new Client(
    { name: 'test', version: '1' },
    way === 'http of 2025' ? {} : { versionNegotiation: { mode: { pin: '2026-07-28' } } },
  );
  const transport =
    way === 'stdio'
      ? new StdioClientTransport({
          command: process.execPath,
          args: [entry, '--url', url, 'mcp'],
          // From another folder than the product's.
          cwd: '/',
          stderr: 'inherit',
        })
      : new StreamableHTTPClientTransport(new URL('/mcp', url));
  await client.connect(transport);
  onTestFinished(() => client.close());
  return client;
}

export function textOf({ content }: CallToolResult): string {
  return content.map((part) => (part.type === 'text' ? part.text : '')).join('\n');
}

const SchemaPart = z.object({
  type: z.string().optional(),
  required: z.array(z.string()).optional(),
  properties: z.record(z.string(), z.json()).optional(),
  items: z.json().optional(),
  minItems: z.int().optional(),
});

/** The smallest input that a tool takes, by its own schema. */
export function sampleInput(tool: Tool): Record<string, unknown> {
  const schema = SchemaPart.parse(z.toJSONSchema(tool.input, { io: 'input' }));
  const task = schema.properties?.['task'] === undefined ? {} : { task: 'Why does it fail?' };
  return { ...sampleObject(schema), ...task };
}

function sampleObject({ required = [], properties = {} }: z.infer<typeof SchemaPart>): Record<string, unknown> {
  return Object.fromEntries(required.map((name) => [name, sample(properties[name], 1)]));
}

function sample(raw: unknown, number: number): unknown {
  const schema = SchemaPart.parse(raw);
  if (schema.type === 'object') {
    const made = sampleObject(schema);
    return 'model' in made ? { ...made, model: `model-${number}` } : made;
  }
  if (schema.type === 'array') {
    return Array.from({ length: schema.minItems ?? 0 }, (_, index) => sample(schema.items, index + 1));
  }
  return schema.type === 'integer' || schema.type === 'number' ? 1 : 'Why is the sky blue?';
}
