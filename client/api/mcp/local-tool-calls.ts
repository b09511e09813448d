/** Calls of tools by MCP clients within the API's process. */
import { setTimeout as delay } from 'node:timers/promises';
import type { ToolRequestView } from '../../../workflows/contract/tools/tool-view.ts';
import { toolLimits } from '../../../workflows/contract/tools/limits.ts';
import { ToolCallFailed, type ToolCalls, type ToolOrder } from '../../mcp/tool-calls.ts';
import type { ApiDependencies } from '../dependencies.ts';
import { ProblemError } from '../http/problem.ts';
import { cancelToolRequest } from '../tools/tool-cancel.ts';
import { askTool, findToolRequest, waitForEnd } from '../tools/tool-requests.ts';

export function createLocalToolCalls(dependencies: ApiDependencies): ToolCalls {
  const { toolChoices, log } = dependencies;
  return {
    async call(order) {
      const { requestSeconds } = toolLimits(toolChoices, order.tool);
      try {
        return await withinLimit(requestSeconds, () => run(dependencies, order));
      } catch (error) {
        if (error instanceof ToolCallFailed) throw error;
        if (error instanceof ProblemError) throw new ToolCallFailed(problemText(order.tool, error));
        log.error({ error, tool: order.tool }, 'a call of a tool over MCP failed');
        throw new ToolCallFailed(`${order.tool} failed: something went wrong here. The operator finds it in the log.`);
      }
    },
  };
}

/** Files by path are for programs on this machine, so for no MCP client where others are served too. */
async function run(dependencies: ApiDependencies, order: ToolOrder): Promise<ToolRequestView> {
  const { tool, input, signal, onProgress } = order;
  const id = await askTool(dependencies, {
    tool,
    input,
    idempotencyKey: undefined,
    whyNotLocal: dependencies.remoteMcp ? 'MCP clients beyond this machine are served' : null,
  });
  await waitForEnd(dependencies, id, signal, async (progress) => onProgress(progress));
  if (signal.aborted) await cancelToolRequest(dependencies, id);
  const view = await findToolRequest(dependencies, id);
  if (view === null) throw new Error(`the store has no tool request ${id}`);
  return view;
}

/** The request keeps its limit by itself. This answers where the store, which tells of its end, does not. */
async function withinLimit<Result>(seconds: number | null, work: () => Promise<Result>): Promise<Result> {
  if (seconds === null) return work();
  const ended = new AbortController();
  const late = delay(seconds * 1000, undefined, { signal: ended.signal }).then(
    () => Promise.reject(new ToolCallFailed(`no answer within the limit of ${seconds} s. Call again later.`)),
    () => new Promise<never>(() => undefined),
  );
  try {
    return await Promise.race([work(), late]);
  } finally {
    ended.abort();
  }
}

function problemText(tool: string, { problem }: ProblemError): string {
  const lines = problem.problems?.map(({ path, message }) => `- ${path || 'input'}: ${message}`) ?? [];
  return [`${tool} was not started: ${problem.detail ?? problem.title}.`, ...lines].join('\n');
}
