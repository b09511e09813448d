/** How the API starts requests of tools, at a real Temporal server. */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { connectTemporal, TemporalUnreachable, type TemporalCalls } from '../../../../client/api/temporal-calls.ts';
import { createToolTemporal, type ToolTemporal } from '../../../../client/api/tools/tool-temporal.ts';
import { askTool, requestIdOf } from '../../../../client/api/tools/tool-requests.ts';
import { toolLimits } from '../../../../workflows/contract/tools/limits.ts';
import type { ToolRequestInput } from '../../../../workflows/contract/tools/tool-request.ts';
import { useWorkflowEnvironment } from '../../../support/workflows/workflow-environment.ts';
import { testApi } from '../harness.ts';

const server = useWorkflowEnvironment('local');
let calls: TemporalCalls | undefined;

beforeAll(() => {
  vi.stubEnv('TEMPORAL_ADDRESS', server.environment.address);
  calls = connectTemporal();
});
afterAll(async () => {
  await calls?.close();
  vi.unstubAllEnvs();
});

function toolsOnServer(): ToolTemporal {
  if (calls === undefined) throw new Error('the connection is made by a hook: use it in a test');
  return createToolTemporal(calls, 'unattended');
}

function newRequest(): ToolRequestInput {
  const requestId = `tool_${randomUUID()}`;
  return { requestId, tenant: 'default', tool: 'chat', limits: toolLimits({}, 'chat'), queue: 'jobs' };
}

const inAnHour = (): Date => new Date(Date.now() + 3_600_000);

describe('a request of a tool', () => {
  it('is started once its workflow is there, and not before', async () => {
    const tools = toolsOnServer();
    const request = newRequest();
    const acceptedAt = new Date();
    expect(await tools.isStarted(request.requestId, acceptedAt)).toBe(false);
    await tools.start(request);
    expect(await tools.isStarted(request.requestId, acceptedAt)).toBe(true);
    await server.environment.client.workflow.getHandle(request.requestId).terminate();
    expect(await tools.isStarted(request.requestId, acceptedAt)).toBe(true);
  });

  it('begins anew under the id of one that has ended before it was accepted', async () => {
    const tools = toolsOnServer();
    const request = newRequest();
    await tools.start(request);
    const handle = server.environment.client.workflow.getHandle(request.requestId);
    await handle.terminate();
    expect(await tools.isStarted(request.requestId, inAnHour())).toBe(false);
    await tools.start(request);
    expect((await handle.describe()).status.name).toBe('RUNNING');
    expect(await tools.isStarted(request.requestId, inAnHour())).toBe(true);
  });

  it('whose start failed is started by the retry with its key', async () => {
    const real = toolsOnServer();
    let starts = 0;
    const tools: ToolTemporal = {
      ...real,
      async start(input) {
        starts += 1;
        if (starts === 1) throw new TemporalUnreachable('Temporal at nowhere:7233 does not answer: refused');
        await real.start(input);
      },
    };
    const { dependencies } = await testApi({ tools });
    const call = { tool: 'chat', input: { prompt: 'Why?' }, idempotencyKey: randomUUID(), whyNotLocal: null };
    const id = requestIdOf('default', call);
    await expect(askTool(dependencies, call, id)).rejects.toMatchObject({ problem: { status: 503 } });
    await askTool(dependencies, call, id);
    expect(await real.isStarted(id, new Date())).toBe(true);
    await askTool(dependencies, call, id);
    expect(starts).toBe(2);
  });
});
