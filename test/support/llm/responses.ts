/** Model responses as tests script them. */
import type { ModelResponse } from '../../../activities/ports.ts';
import type { ComputerAction } from '../../../activities/computer-use/actions.ts';

const usage = { modelCalls: 1, inputTokens: 100, cachedInputTokens: 0, outputTokens: 10, costUsd: 0.01 };

export function textResponse(id: string, text: string): ModelResponse {
  return { id, status: 'completed', text, refusal: null, computerCalls: [], functionCalls: [], usage, problem: null };
}

export function callResponse(id: string, actions: readonly ComputerAction[]): ModelResponse {
  const call = { callId: `call_${id}`, actions, safetyChecks: [] };
  return { ...textResponse(id, ''), computerCalls: [call] };
}

/** An answer that names files, and asks for actions where there are some. */
export function fileResponse(
  id: string,
  files: readonly string[],
  actions: readonly ComputerAction[] = [],
): ModelResponse {
  const call = { callId: `file_${id}`, name: 'choose_files', arguments: JSON.stringify({ files }) };
  return { ...(actions.length === 0 ? textResponse(id, '') : callResponse(id, actions)), functionCalls: [call] };
}

export function click(x: number, y = 1): ComputerAction {
  return { type: 'click', x, y, button: 'left', keys: [] };
}
