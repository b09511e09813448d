/** How often a cache had what was looked for. The worker's settings decide where it is sent. */
import type { MetricMeter } from '@temporalio/common';

export function measureCache(meter: MetricMeter, cache: 'ai_answers', isHit: boolean): void {
  const hits = meter.createCounter('lodestone_cache_hits', 'hits', 'looks into a cache that found something');
  const misses = meter.createCounter('lodestone_cache_misses', 'misses', 'looks into a cache that found nothing');
  (isHit ? hits : misses).add(1, { cache });
}
