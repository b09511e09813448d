/** Waits for the end of one request of a tool, and reports its progress to the caller. */
import { progressOf } from '../../../store/tools/tool-views.ts';
import type { ToolRequestHead } from '../../../store/tools/tool-request-row.ts';
import type { ToolProgress } from '../../../workflows/contract/tools/tool-view.ts';
import type { ApiDependencies } from '../dependencies.ts';
import { endOverdue, isOverdue } from './overdue.ts';
import { placeOf } from './tool-requests.ts';
import type { ToolWatch } from './tool-watch.ts';

export type OnProgress = (progress: ToolProgress) => Promise<void>;

/** The longest time between two reports to a listener. */
const progressMilliseconds = 5_000;

/** Returns when the request has ended or is gone, or the signal is aborted. */
export async function waitForEnd(
  dependencies: ApiDependencies,
  watch: ToolWatch,
  id: string,
  signal: AbortSignal,
  onProgress?: OnProgress,
): Promise<void> {
  const { store, now, log } = dependencies;
  let head = await store.toolRequests.findHead(id);
  if (head === null || head.state === 'ended') return;
  const reporter = onProgress === undefined ? null : createReporter(dependencies, onProgress);
  const report = (): void => {
    if (head !== null) reporter?.report(head);
  };
  report();
  const ticks = setInterval(report, progressMilliseconds);
  let isEnding = false;
  try {
    await watch.follow(id, signal, (pulse) => {
      const hasChanged = head?.phase !== pulse.phase || head.tokens !== pulse.tokens;
      if (head !== null) head = { ...head, ...pulse };
      if (hasChanged) report();
      if (head === null || isEnding || !isOverdue(head, now())) return;
      isEnding = true;
      endOverdue(dependencies, head).catch((error: unknown) => {
        isEnding = false;
        log.warn({ error, id }, 'an overdue tool request was not ended');
      });
    });
  } finally {
    clearInterval(ticks);
    await reporter?.finished();
  }
}

/** Sends one report at a time; while the listener reads slowly, only the newest is kept for it. */
function createReporter(dependencies: ApiDependencies, onProgress: OnProgress) {
  let newest: ToolRequestHead | null = null;
  let reporting: Promise<void> | null = null;
  const reportAll = async (): Promise<void> => {
    while (newest !== null) {
      const head: ToolRequestHead = newest;
      newest = null;
      const place = await placeOf(dependencies, head);
      await onProgress({ ...progressOf(head, dependencies.now()), place });
    }
  };
  return {
    report(head: ToolRequestHead): void {
      newest = head;
      reporting ??= reportAll()
        // The listener is gone; its own signal ends the wait.
        .catch(() => undefined)
        .finally(() => {
          reporting = null;
        });
    },
    /** Resolves when all reports have been sent. */
    finished: (): Promise<void> => reporting ?? Promise.resolve(),
  };
}
