/** One call of a tool by an MCP client. Whatever happens, the answer is a result that the calling model can act on. */
import type { CallToolResult } from '@modelcontextprotocol/server';
import { z } from 'zod';
import type { Tool } from '../../workflows/contract/tools/tool.ts';
import { createProgressReporter, type Notify, type ProgressToken } from './progress.ts';
import { errorResult, resultOf } from './result.ts';
import { ToolCallFailed, type ToolCalls } from './tool-calls.ts';

export interface McpCall {
  readonly input: unknown;
  readonly signal: AbortSignal;
  readonly progressToken: ProgressToken | undefined;
  readonly notify: Notify;
}

export async function callTool(
  calls: ToolCalls,
  tool: Tool,
  { input: sent, signal, progressToken, notify }: McpCall,
): Promise<CallToolResult> {
  const input = z.record(z.string(), z.unknown()).safeParse(sent);
  if (!input.success) return errorResult(`${tool.name} was not started: its arguments are no JSON object.`);
  const problems = inputProblems(tool, input.data);
  if (problems.length > 0) {
    const advice = 'Nothing was started. Correct these fields and call again.';
    return errorResult([`${tool.name} was not started: its input is wrong.`, ...problems, advice].join('\n'));
  }
  const progress = createProgressReporter(progressToken, notify);
  try {
    return resultOf(await calls.call({ tool: tool.name, input: input.data, signal, onProgress: progress.tell }));
  } catch (error) {
    if (!(error instanceof ToolCallFailed)) throw error;
    return errorResult(error.message);
  } finally {
    progress.end();
  }
}

/** A line for each field that is wrong. */
function inputProblems(tool: Tool, input: Readonly<Record<string, unknown>>): string[] {
  try {
    tool.read(input);
    return [];
  } catch (error) {
    if (!(error instanceof z.ZodError)) throw error;
    return error.issues.map(({ path, message }) => `- ${path.join('.') || 'input'}: ${message}`);
  }
}
