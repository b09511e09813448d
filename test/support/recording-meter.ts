/** A meter that keeps what is measured: the metric, the value, the tags. */
import { noopMetricMeter, type MetricMeter, type MetricTags } from '@temporalio/common';

export type Measurement = [name: string, value: number, tags: MetricTags];

export function recordingMeter(): { readonly meter: MetricMeter; readonly measured: Measurement[] } {
  const measured: Measurement[] = [];
  const keep =
    (name: string) =>
    (value: number, tags: MetricTags = {}): void =>
      void measured.push([name, value, tags]);
  const meter: MetricMeter = {
    createGauge: (name) => noopMetricMeter.createGauge(name),
    withTags: () => meter,
    createCounter: (name) => ({ ...noopMetricMeter.createCounter(name), add: keep(name) }),
    createHistogram: (name) => ({ ...noopMetricMeter.createHistogram(name), record: keep(name) }),
  };
  return { meter, measured };
}
