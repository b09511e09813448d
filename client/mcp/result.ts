/** The result of a call as MCP clients get it: structured, as text, and marked as an error where there is no answer. */
import type { CallToolResult } from '@modelcontextprotocol/server';
import { z } from 'zod';
import { toolOutcomes } from '../../workflows/contract/tools/tool-request.ts';
import { ToolCutSchema, type ToolRequestView } from '../../workflows/contract/tools/tool-view.ts';
import type { Tool } from '../../workflows/contract/tools/tool.ts';

/** What the client gets as `structuredContent`. */
export function outputSchemaOf({ output }: Pick<Tool, 'output'>) {
  return z.strictObject({
    request_id: z.string(),
    outcome: z.enum(toolOutcomes).nullable(),
    continuation_id: z.string().describe('send it with the next call to go on with this conversation'),
    cut: ToolCutSchema.nullable().describe('what was cut off, and why; null when nothing was'),
    seconds: z.number(),
    cost_usd: z.number(),
    result: output.nullable(),
  });
}

export function resultOf(view: ToolRequestView): CallToolResult {
  const { id, tool, outcome, continuationId, cut, secondsUsed, usage, result } = view;
  const structuredContent = {
    request_id: id,
    outcome,
    continuation_id: continuationId,
    cut,
    seconds: secondsUsed,
    cost_usd: usage.costUsd,
    result,
  };
  const json = { type: 'text' as const, text: JSON.stringify(structuredContent) };
  if (outcome === 'completed' || outcome === 'partial') return { content: [json], structuredContent };
  const why = cut === null ? `it ended as ${outcome ?? 'unknown'}` : `${cut.message} (limit of the ${cut.layer})`;
  const text = `${tool} gave no answer: ${why}. What to do: ${cut?.advice ?? 'call again'}.`;
  return { content: [{ type: 'text', text }, json], structuredContent, isError: true };
}

/** For calls that have no request. */
export function errorResult(text: string): CallToolResult {
  return { content: [{ type: 'text', text }], isError: true };
}
