/** Calls of tools by MCP clients within the API's process. */
import type { ToolRequestView } from '../../../workflows/contract/tools/tool-view.ts';
import { ToolCallFailed, type ToolCalls, type ToolOrder } from '../../mcp/tool-calls.ts';
import type { ApiDependencies } from '../dependencies.ts';
import { ProblemError } from '../http/problem.ts';
import { cancelToolRequest } from '../tools/tool-cancel.ts';
import type { ToolCaller } from '../tools/tool-caller.ts';
import { findToolRequest } from '../tools/tool-requests.ts';
import { createHeldInputs } from './held-inputs.ts';

export function createLocalToolCalls(
  dependencies: ApiDependencies,
  caller: ToolCaller,
  held = createHeldInputs(),
): ToolCalls {
  const { log } = dependencies;
  return {
    async call(order) {
      try {
        return await held.during(order.input, () => run(dependencies, caller, order));
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
async function run(
  dependencies: ApiDependencies,
  caller: ToolCaller,
  { tool, input, signal, onProgress }: ToolOrder,
): Promise<ToolRequestView> {
  const whyNotLocal = dependencies.remoteMcp ? 'MCP clients beyond this machine are served' : null;
  const call = await caller.start({ tool, input, idempotencyKey: undefined, whyNotLocal });
  const view = await call.end(signal, async (progress) => onProgress(progress));
  if (!signal.aborted) return view;
  await cancelToolRequest(dependencies, call.id);
  return (await findToolRequest(dependencies, call.id)) ?? view;
}

function problemText(tool: string, { problem }: ProblemError): string {
  const lines = problem.problems?.map(({ path, message }) => `- ${path || 'input'}: ${message}`) ?? [];
  const what = problem.requestId === undefined ? 'was not started' : 'gave no answer';
  return [`${tool} ${what}: ${problem.detail ?? problem.title}.`, ...lines].join('\n');
}
