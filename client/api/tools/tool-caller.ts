/**
 * Calls of tools whose callers wait: over HTTP, as an event stream and over MCP. A call is answered within the limit of its
 * request even when Temporal and the store are silent, and only so many callers wait at once.
 */
import { toolLimits } from '../../../workflows/contract/tools/limits.ts';
import type { ToolRequestView } from '../../../workflows/contract/tools/tool-view.ts';
import type { ApiDependencies } from '../dependencies.ts';
import { ProblemError } from '../http/problem.ts';
import { createDeadline } from './deadline.ts';
import { askTool, findToolRequest, requestIdOf, toolNamed, type ToolCall } from './tool-requests.ts';
import { waitForEnd, type OnProgress } from './tool-waiting.ts';
import { createToolWatch } from './tool-watch.ts';

export interface ToolCaller {
  /** Starts a request, or finds the one with the same key. Throws `ProblemError`. */
  start(call: ToolCall): Promise<StartedCall>;
}

export interface StartedCall {
  readonly id: string;
  /**
   * Waits for the end, or until the signal is aborted, and returns the request as it stands then. The listener hears of each
   * change, and every five seconds. Must be called once. Throws `ProblemError`.
   */
  end(signal: AbortSignal, onProgress?: OnProgress): Promise<ToolRequestView>;
}

/** Callers who wait at the same time. Each has a connection, and is looked after by one query for all. */
const mostCalls = 500;

export function createToolCaller(dependencies: ApiDependencies, most = mostCalls): ToolCaller {
  const { store, toolChoices } = dependencies;
  const watch = createToolWatch(dependencies);
  let calls = 0;
  return {
    async start(call) {
      const { requestSeconds } = toolLimits(toolChoices, toolNamed(call.tool).name);
      if (calls >= most) {
        const detail = `${most} callers wait for tools here already; nothing was started. Call again in a moment`;
        throw new ProblemError('too-many-calls', detail, { retryAfterSeconds: 5 });
      }
      calls += 1;
      const id = requestIdOf(store.tenant, call);
      const deadline = createDeadline(requestSeconds, () => noAnswer(id, requestSeconds));
      const close = (): void => {
        calls -= 1;
        deadline.clear();
      };
      try {
        await deadline.within(askTool(dependencies, call, id));
      } catch (error) {
        close();
        throw error;
      }
      return {
        id,
        async end(signal, onProgress) {
          const ended = new AbortController();
          const either = AbortSignal.any([signal, ended.signal]);
          try {
            await deadline.within(waitForEnd(dependencies, watch, id, either, onProgress));
            return await deadline.within(existing(dependencies, id));
          } finally {
            ended.abort();
            close();
          }
        },
      };
    },
  };
}

async function existing(dependencies: ApiDependencies, id: string): Promise<ToolRequestView> {
  const view = await findToolRequest(dependencies, id);
  if (view === null) throw new ProblemError('not-found', `there is no tool request ${id}`);
  return view;
}

function noAnswer(id: string, seconds: number | null): ProblemError {
  const detail = `neither a worker nor the store told how request ${id} ended within its limit of ${seconds} s; GET /v1/tool-requests/${id} tells it when they are back`;
  return new ProblemError('no-answer', detail, { requestId: id });
}
