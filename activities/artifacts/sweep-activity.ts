/** The regular removal of files as an activity, with its metrics and its log. */
import { Context } from '@temporalio/activity';
import type { ContentSweepActivities } from '../../workflows/contract/batches/reconcile.ts';
import { withHeartbeat } from '../heartbeat.ts';
import { sweepContents, type SweepDependencies, type SweepFigures } from './sweep-contents.ts';

export function createSweepContents(dependencies: Pick<SweepDependencies, 'sweep' | 'days'>): ContentSweepActivities {
  return {
    sweepContents: () =>
      withHeartbeat(null, (_beat, signal) => {
        const { log } = Context.current();
        return sweepContents({ ...dependencies, now: () => new Date(), log, measure }, signal);
      }),
  };
}

function measure({ contents, bytes, missing }: SweepFigures): void {
  const { metricMeter } = Context.current();
  metricMeter.createCounter('lodestone_contents_removed', 'contents', 'Contents of files removed').add(contents);
  metricMeter.createCounter('lodestone_content_bytes_removed', 'bytes', 'Bytes of files removed').add(bytes);
  const told = 'Contents that the last look found missing from the store';
  metricMeter.createGauge('lodestone_contents_missing', 'int', 'contents', told).set(missing);
}
