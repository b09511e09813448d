/** Calls a tool and shows its progress until the result. An interrupt cancels the request; a second one ends the command. */
import type { ToolProgress, ToolRequestView } from '../../../workflows/contract/tools/tool-view.ts';
import type { Api } from '../api/client.ts';
import { exitCodes } from '../exit-codes.ts';
import { say } from '../output.ts';
import { createStatusLine } from '../progress/status-line.ts';
import { followCall } from './tool-stream.ts';

const redrawMilliseconds = 1_000;
/** Without a terminal a line is printed at least so often, whatever the API tells. */
const lineMilliseconds = 5_000;

export async function callTool(
  api: Api,
  name: string,
  input: Record<string, unknown>,
  idempotencyKey: string | undefined,
): Promise<ToolRequestView> {
  const status = createStatusLine({ plain: true, plainMilliseconds: lineMilliseconds });
  let known: { readonly progress: ToolProgress; readonly at: number } | null = null;
  const show = (): void => {
    if (known === null) return;
    const { progress, at } = known;
    status.show(progressText(progress, (performance.now() - at) / 1000), progress.phase);
  };
  const interruption = cancelOnInterrupt(api);
  const redraw = setInterval(show, redrawMilliseconds);
  const onProgress = (progress: ToolProgress): void => {
    known = { progress, at: performance.now() };
    interruption.started(progress.id);
    show();
  };
  try {
    return await followCall(api, { name, input, idempotencyKey, onProgress });
  } finally {
    clearInterval(redraw);
    interruption.end();
    status.end();
  }
}

/** Cancels the request on the first interrupt, or when it becomes known. Its end is waited for, and tells what there was. */
function cancelOnInterrupt(api: Api) {
  let id: string | null = null;
  let isInterrupted = false;
  const cancel = (): void => {
    if (id === null) return;
    api.POST('/v1/tool-requests/{id}/cancel', { params: { path: { id } } }).catch((error: unknown) => {
      say(`${id} was not cancelled: ${error instanceof Error ? error.message : String(error)}`);
      process.exit(exitCodes.notCompleted);
    });
  };
  const onInterrupt = (): void => {
    if (isInterrupted) process.exit(exitCodes.notCompleted);
    isInterrupted = true;
    say('cancelling; interrupt again to leave the request as it is');
    cancel();
  };
  process.on('SIGINT', onInterrupt);
  process.on('SIGTERM', onInterrupt);
  return {
    started(known: string): void {
      const isFirst = id === null;
      id = known;
      if (isFirst && isInterrupted) cancel();
    },
    end(): void {
      process.off('SIGINT', onInterrupt);
      process.off('SIGTERM', onInterrupt);
    },
  };
}

function progressText({ id, phase, place, secondsUsed, secondsLeft, tokens }: ToolProgress, since: number): string {
  const left = secondsLeft === null ? '' : `, ${Math.max(0, secondsLeft - since).toFixed(0)} s left`;
  return [
    id,
    place === null ? phase : `waits for a worker, place ${place}`,
    `${(secondsUsed + since).toFixed(0)} s${left}`,
    ...(tokens > 0 ? [`${tokens} tokens`] : []),
  ].join('  ·  ');
}
