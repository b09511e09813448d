/** The regular removal of files, and of conversations with tools that are over, as an activity, with its metrics and its log. */
import { Context } from '@temporalio/activity';
import type { ToolsAcrossTenants } from '../../store/tools/tools-across-tenants.ts';
import type { ContentSweepActivities } from '../../workflows/contract/batches/reconcile.ts';
import { withHeartbeat } from '../heartbeat.ts';
import { keepRuns, type KeptRuns } from '../runs/keep-runs.ts';
import { sweepContents, type SweepDependencies, type SweepFigures } from './sweep-contents.ts';

export interface SweepActivityDependencies extends Pick<SweepDependencies, 'sweep' | 'days' | 'experimentBytes'> {
  readonly conversations: Pick<ToolsAcrossTenants, 'removeExpired'>;
  readonly runs: KeptRuns;
}

export function createSweepContents(dependencies: SweepActivityDependencies): ContentSweepActivities {
  return {
    sweepContents: () =>
      withHeartbeat(null, async (_beat, signal) => {
        const { log } = Context.current();
        const conversations = await dependencies.conversations.removeExpired(new Date());
        if (conversations > 0) log.info('conversations with tools that are over were removed', { conversations });
        // Files must not stay because of runs; the next look tries again.
        await keepRuns(dependencies.runs, signal).catch((error: unknown) => {
          signal.throwIfAborted();
          log.warn('runs were not rolled up or removed', { error });
        });
        return sweepContents({ ...dependencies, now: () => new Date(), log, measure }, signal);
      }),
  };
}

function measure({ contents, bytes, missing, experimentBytes }: SweepFigures): void {
  const { metricMeter } = Context.current();
  metricMeter.createCounter('lodestone_contents_removed', 'contents', 'Contents of files removed').add(contents);
  metricMeter.createCounter('lodestone_content_bytes_removed', 'bytes', 'Bytes of files removed').add(bytes);
  const told = 'Contents that the last look found missing from the store';
  metricMeter.createGauge('lodestone_contents_missing', 'int', 'contents', told).set(missing);
  const kept = 'Bytes of all files that experiments keep';
  metricMeter.createGauge('lodestone_experiment_bytes', 'int', 'bytes', kept).set(experimentBytes);
}
