/** The metrics of tool requests, by tool. The worker's settings decide where they are sent. */
import type { MetricMeter } from '@temporalio/common';
import type { Usage } from '../../workflows/contract/usage.ts';
import type { ToolRequestHead } from '../../store/tools/tool-request-row.ts';

/**
 * Measures a request that has ended: one more of its tool, its outcome and the layer that cut it off; how long it took, and what
 * it has cost.
 */
export function measureEnd(meter: MetricMeter, head: ToolRequestHead, usage: Usage): void {
  const { tool, outcome, cut, acceptedAt, endedAt } = head;
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
  const tokens = meter.createCounter('lodestone_tool_tokens', 'tokens', 'tokens of ended requests of tools');
  tokens.add(usage.inputTokens, { tool, direction: 'input' });
  tokens.add(usage.outputTokens, { tool, direction: 'output' });
  meter
    .createCounter('lodestone_tool_cost_microusd', 'microusd', 'what ended requests of tools have cost')
    .add(Math.round(usage.costUsd * 1e6), { tool });
}
