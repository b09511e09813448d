/** The turns of a conversation, as their tools have read them. */
import { findTool } from '../../workflows/contract/tools/catalogue.ts';
import type { InvestigationStep } from '../../workflows/contract/tools/investigation-step.ts';
import type { Tool, ToolInput } from '../../workflows/contract/tools/tool.ts';
import type { ToolRequestRow } from './tool-request-row.ts';
import type { ToolRequests } from './tool-requests.ts';

export interface Turn {
  readonly row: ToolRequestRow;
  readonly tool: Tool;
  readonly input: ToolInput;
}

export function toTurn(row: ToolRequestRow): Turn {
  const tool = findTool(row.tool);
  if (tool === undefined) throw new Error(`there is no tool ${row.tool}`);
  return { row, tool, input: tool.read(row.input) };
}

/** The turns before this one, oldest first. */
export async function turnsBefore(requests: ToolRequests, row: ToolRequestRow): Promise<readonly Turn[]> {
  return row.turn === 1 ? [] : (await requests.turnsBefore(row)).map(toTurn);
}

/** The steps of one tool's investigation, up to and with this turn: they begin anew with step 1. */
export function stepsOf(before: readonly Turn[], current: Turn): readonly InvestigationStep[] {
  const own = [...before, current].flatMap(({ tool, input }) =>
    tool.name === current.tool.name && input.investigation !== undefined ? [input.investigation] : [],
  );
  return own.slice(
    Math.max(
      0,
      own.findLastIndex(({ step }) => step === 1),
    ),
  );
}
