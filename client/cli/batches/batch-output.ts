/** Batches as text: progress bar, rate, cost so far, forecast, failures by type. */
import { counted } from '../../../workflows/contract/counted.ts';
import { pausedBy } from '../../../workflows/contract/batches/schema.ts';
import type { Batch } from '../api/client.ts';
import { bar, duration } from '../progress/bar.ts';

/** One line about a batch. `batch watch` redraws it while the batch runs. */
export function batchLine(batch: Batch): string {
  const { itemCount, counts, spentUsd, definition, progress } = batch;
  const forecast =
    progress.forecastUsd === null || batch.state === 'ended' ? '' : `, about ${money(progress.forecastUsd)} in all`;
  const wrong = counts.failed + counts.timed_out + counts.uncertain;
  const parts = [
    `${progress.ended} of ${itemCount}`,
    progress.itemsPerMinute === 0 ? '' : `${Math.round(progress.itemsPerMinute)} a minute`,
    progress.secondsLeft === null ? '' : `${duration(progress.secondsLeft)} left`,
    `${money(spentUsd)} of ${money(definition.limits.capUsd)}${forecast}`,
    wrong === 0 ? '' : `${wrong} without answer`,
    progress.stopped === null ? '' : 'the platform is stopped',
    ...progress.waits.map(({ message }) => `waits: ${message}`),
  ].filter((part) => part !== '');
  return `${bar(progress.ended, itemCount)} ${batch.outcome ?? batch.state}  ${parts.join(', ')}`;
}

export function batchText(batch: Batch): string {
  const { definition, progress, counts, estimateUsd, worstUsd } = batch;
  const statuses = Object.entries(counts).filter(([, count]) => count > 0);
  return [
    `${batch.id}  ${definition.name}, ${definition.model}${definition.mode === 'economy' ? ', economy' : ''}`,
    `  ${batchLine(batch)}`,
    ...(batch.reason === null ? [] : [`  ${batch.reason.message}`]),
    ...(batch.pause === null ? [] : [`  paused by ${pausedBy[batch.pause.by]}: ${batch.pause.message}`]),
    ...progress.waits.map(({ message, until }) => `  waits until ${until}: ${message}`),
    ...(progress.stopped === null ? [] : [`  the platform is stopped: ${progress.stopped.message}`]),
    ...(estimateUsd === null
      ? []
      : [`  estimated at the start ${money(estimateUsd)}, at most ${money(worstUsd ?? estimateUsd)}`]),
    `  ${statuses.map(([status, count]) => `${count} ${status.replaceAll('_', ' ')}`).join(', ')}`,
    ...(progress.failures.length === 0 ? [] : ['Failures']),
    ...progress.failures.map(({ type, count }) => `  ${String(count).padStart(7)}  ${type}`),
    '',
  ].join('\n');
}

export function batchListLine({
  id,
  definition,
  state,
  outcome,
  itemCount,
  spentUsd,
  createdAt,
}: Omit<Batch, 'progress'>): string {
  const stands = (outcome ?? state).padEnd(22);
  return `${id}  ${stands} ${createdAt}  ${counted(itemCount, 'item').padStart(13)}  ${money(spentUsd)}  ${definition.name}\n`;
}

export function money(usd: number): string {
  return `$${usd.toFixed(usd !== 0 && usd < 1 ? 4 : 2)}`;
}
