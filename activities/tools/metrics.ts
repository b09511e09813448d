/** The metrics of tool requests, by tool. The worker's settings decide where they are sent. */
import type { MetricMeter } from '@temporalio/common';
import type { ToolRequestHead } from '../../store/tools/tool-request-row.ts';

/** Measures a request that has ended: one more of its tool, its outcome and the layer that cut it off, and how long it took. */
export function measureEnd(meter: MetricMeter, { tool, outcome, cut, acceptedAt, endedAt }: ToolRequestHead): void {
  if (outcome === null || endedAt === null) return;
  meter
    .createCounter(
      'lodestone_tool_requests',
      'requests',
      'ended requests of tools, by outcome and layer of the cut-off',
    )
    .add(1, { tool, outcome, layer: cut?.layer ?? 'none' });
  meter
    .createHistogram(
      'lodestone_tool_request_duration',
      'float',
      's',
      'requests of tools from their acceptance to their end',
    )
    .record((Date.parse(endedAt) - Date.parse(acceptedAt)) / 1000, { tool, outcome });
}
