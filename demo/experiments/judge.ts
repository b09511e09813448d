/** What must hold of each experiment of the demo. Pure: the tests judge with it, too. */
import { inflateSync } from 'node:zlib';
import type { Experiment } from './experiment-calls.ts';
import { differingMetrics, ownMetrics } from './own-metrics.ts';
import { ownSize } from './own-video.ts';
import type { StatusTimes } from './status-times.ts';

export interface Check {
  readonly what: string;
  readonly ok: boolean;
  readonly detail: string;
}

/** From the submission to the end; its codec alone takes 3 s. */
export const typicalSeconds = 4;
const statusMilliseconds = 100;

export function endCheck(experiment: Experiment, wanted: Experiment['state']): Check {
  const { state, failure } = experiment;
  const detail = failure === null ? state : `${state}: ${failure.phase}, ${failure.type}: ${failure.message}`;
  return { what: `it ends as ${wanted}`, ok: state === wanted, detail };
}

/** Of one after the other, until one was quick enough. */
export function timeCheck(seconds: readonly number[]): Check {
  const detail = seconds.map((one) => `${one.toFixed(2)} s`).join(', then ');
  return { what: `it takes at most ${typicalSeconds} s`, ok: Math.min(...seconds) <= typicalSeconds, detail };
}

export function statusCheck({ answers, p50Milliseconds, p99Milliseconds }: StatusTimes): Check {
  const detail = `${answers} answers, p50 ${p50Milliseconds.toFixed(1)} ms, p99 ${p99Milliseconds.toFixed(1)} ms`;
  return {
    what: `its state is told within ${statusMilliseconds} ms (p99)`,
    ok: p99Milliseconds < statusMilliseconds,
    detail,
  };
}

/** Of the typical codec: what the demo reads out of the encoded bytes, and computes of that, against what the product told. */
export function typicalMetricsCheck(
  experiment: Experiment,
  encoded: Uint8Array,
  original: readonly Uint8Array[],
): Check {
  const levels = inflateSync(encoded);
  const { length } = original[0] ?? new Uint8Array();
  const decoded = original.map((_, index) =>
    Uint8Array.from(levels.subarray(index * length, (index + 1) * length), (level) => (level << 3) | 4),
  );
  return metricsCheck(experiment, { original, decoded, encodedBytes: encoded.byteLength });
}

/** Of the codec that keeps nothing and prints good figures: black frames, of one byte. */
export function lyingMetricsCheck(experiment: Experiment, original: readonly Uint8Array[]): Check {
  const decoded = original.map(({ length }) => new Uint8Array(length));
  return metricsCheck(experiment, { original, decoded, encodedBytes: 1 });
}

interface Decoded {
  readonly original: readonly Uint8Array[];
  readonly decoded: readonly Uint8Array[];
  readonly encodedBytes: number;
}

function metricsCheck({ best }: Experiment, frames: Decoded): Check {
  const what = "its metrics are the demo's own";
  const told = best?.metrics ?? null;
  if (told === null) return { what, ok: false, detail: 'it has none' };
  const differing = differingMetrics(ownMetrics({ ...frames, size: ownSize }), told);
  const figures = `ratio ${told.compressionRatio.toFixed(2)}, PSNR ${dB(told.psnrDb)}, SSIM ${told.ssim.toFixed(4)}`;
  const detail = differing.length === 0 ? figures : `${figures}; not the same: ${differing.join(', ')}`;
  return { what, ok: differing.length === 0, detail };
}

export function limitCheck({ failure, roundsMade }: Experiment, seconds: number, limit: number): Check {
  const isOfLimit = failure?.type === 'time_limit' && failure.phase === 'encode' && roundsMade.length === 1;
  // For the start of the sandbox before it, and the record after it.
  const ok = isOfLimit && seconds >= limit && seconds <= limit + 3;
  return { what: `its limit of ${limit} s ends it`, ok, detail: `${seconds.toFixed(2)} s` };
}

/** `calls`: what the model server was asked, by its own journal. */
export function roundChecks({ best, roundsMade, spec, usage }: Experiment, calls: number): readonly Check[] {
  const [first, second] = roundsMade;
  const chosen = roundsMade.find(({ isBest }) => isBest);
  const wantedDb = spec.psnrDb ?? Number.NaN;
  const good = roundsMade.filter(({ metrics }) => metrics !== null && (metrics.psnrDb ?? Infinity) >= wantedDb);
  const ratios = good.map(({ metrics }) => metrics?.compressionRatio ?? 0);
  const bestRatio = chosen?.metrics?.compressionRatio ?? 0;
  const failure = first?.failure ?? null;
  return [
    {
      what: 'the first round fails in decode',
      ok: first?.state === 'partial' && failure?.phase === 'decode' && failure.line !== null,
      detail: failure === null ? 'it did not' : `line ${failure.line ?? '?'}: ${failure.message}`,
    },
    { what: 'the second mends it', ok: second?.state === 'completed', detail: second?.note ?? 'no word of the model' },
    {
      what: 'the best is the smallest of those with the wanted quality, and on the front',
      ok:
        chosen !== undefined && chosen.isOnFront && best?.round === chosen.number && bestRatio === Math.max(...ratios),
      detail: `round ${chosen?.number ?? '-'}, ratio ${bestRatio.toFixed(1)}, PSNR ${dB(chosen?.metrics?.psnrDb)}, wanted ${wantedDb} dB`,
    },
    {
      what: 'it improves on what was mended',
      ok: bestRatio > (second?.metrics?.compressionRatio ?? Infinity),
      detail: roundsMade.map(({ metrics }) => metrics?.compressionRatio.toFixed(1) ?? '–').join(' → '),
    },
    {
      what: 'each round is one call, paid once',
      ok: calls === roundsMade.length && usage.modelCalls === calls,
      detail: `${roundsMade.length} rounds, ${calls} calls at the provider, ${usage.modelCalls} recorded, $${usage.costUsd.toFixed(4)}`,
    },
  ];
}

function dB(value: number | null | undefined): string {
  if (value === undefined) return '–';
  return value === null ? 'infinite' : `${value.toFixed(2)} dB`;
}
