/** Calls a tool and shows its progress until the result. */
import type { ToolProgress, ToolRequestView } from '../../../workflows/contract/tools/tool-view.ts';
import type { Api } from '../api/client.ts';
import { createStatusLine } from '../progress/status-line.ts';
import { followCall } from './tool-stream.ts';

export async function callTool(
  api: Api,
  name: string,
  input: Record<string, unknown>,
  idempotencyKey: string | undefined,
): Promise<ToolRequestView> {
  const status = createStatusLine({ plain: false });
  const onProgress = (progress: ToolProgress): void => status.show(progressText(progress));
  try {
    return await followCall(api, { name, input, idempotencyKey, onProgress });
  } finally {
    status.end();
  }
}

function progressText({ id, phase, place, secondsUsed, secondsLeft, tokens }: ToolProgress): string {
  return [
    id,
    place === null ? phase : `waits for a worker, place ${place}`,
    `${secondsUsed.toFixed(0)} s${secondsLeft === null ? '' : `, ${secondsLeft.toFixed(0)} s left`}`,
    ...(tokens > 0 ? [`${tokens} tokens`] : []),
  ].join('  ·  ');
}
