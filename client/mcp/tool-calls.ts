/** How the MCP server reaches the tools: within the API's process, or over HTTP from a process of its own. */
import type { ToolProgress, ToolRequestView } from '../../workflows/contract/tools/tool-view.ts';

export interface ToolOrder {
  readonly tool: string;
  /** As the caller sent it; it was checked against the tool's schema. */
  readonly input: Readonly<Record<string, unknown>>;
  /** Aborted when the caller has cancelled, or is gone. */
  readonly signal: AbortSignal;
  readonly onProgress: (progress: ToolProgress) => void;
}

export interface ToolCalls {
  /**
   * Calls a tool and waits for the end of the request. Cancels the request when the signal is aborted. Throws
   * `ToolCallFailed` when there is no result.
   */
  call(order: ToolOrder): Promise<ToolRequestView>;
}

/** There is no result of a call. The message says why and what to do; it is for the calling model. */
export class ToolCallFailed extends Error {
  override readonly name = 'ToolCallFailed';
}
