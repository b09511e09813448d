/** Reports the state of the installation's parts to the log, the store and Prometheus. */
import type { Parts } from '../../../store/platform/parts.ts';
import { servePartMetrics } from './metrics.ts';
import type { Address } from './ports.ts';
import { recordParts } from './record.ts';
import type { OnChange } from './report.ts';

export interface PartReporting {
  readonly onChange: OnChange;
  close(): Promise<void>;
}

export async function reportParts(request: {
  readonly parts: Parts;
  /** Null: nothing is served to Prometheus. */
  readonly metrics: Address | null;
  readonly say: (line: string) => void;
}): Promise<PartReporting> {
  const { parts, say } = request;
  const metrics = request.metrics === null ? null : await servePartMetrics(request.metrics);
  const recorder = recordParts(parts, (error) => say(`the parts could not be written to the store: ${String(error)}`));
  return {
    onChange(report, sentence) {
      if (sentence !== null) say(sentence);
      metrics?.record(report);
      recorder.record(report);
    },
    async close() {
      await Promise.all([recorder.close(), metrics?.close()]);
    },
  };
}
