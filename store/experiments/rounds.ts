/** The rounds of experiments. Each is one row, written with its files when it ends, in the transaction of its experiment. */
import type { Kysely, Selectable, Transaction } from 'kysely';
import { z } from 'zod';
import {
  experimentEnds,
  type ExperimentMetrics,
  type RoundEnd,
} from '../../workflows/contract/experiments/experiment.ts';
import type { Rated } from '../../workflows/contract/experiments/front.ts';
import { ExperimentMetricsSchema } from '../../workflows/contract/experiments/view.ts';
import type { Tables } from '../database/database.ts';
import type { EndedRound } from './experiment-end.ts';
import { readFailure } from './experiment-row.ts';

export type RoundRow = Selectable<Tables['experiment_rounds']>;

/** A round that is recorded already stays as it is. */
export async function insertRound(transaction: Transaction<Tables>, end: RoundEnd, now: Date): Promise<void> {
  const { experimentId: experiment_id, round: number } = end;
  const { numInsertedOrUpdatedRows = 0n } = await transaction
    .insertInto('experiment_rounds')
    .values(columnsOf(end, now))
    .onConflict((conflict) => conflict.columns(['experiment_id', 'number']).doNothing())
    .executeTakeFirstOrThrow();
  if (numInsertedOrUpdatedRows === 0n) return;
  const files = filesOf(end).map(({ name, mediaType, bytes, sha256 }) => ({
    experiment_id,
    round: number,
    name,
    media_type: mediaType,
    bytes,
    sha256,
    removed_after_days: null,
  }));
  if (files.length > 0) await transaction.insertInto('experiment_files').values(files).execute();
}

function filesOf({ code, encoded, score }: RoundEnd) {
  return [
    ...(code === null ? [] : [{ name: 'code.py', mediaType: 'text/x-python', ...code }]),
    ...(encoded === null ? [] : [{ name: 'encoded.bin', mediaType: 'application/octet-stream', ...encoded.content }]),
    ...(score?.files ?? []),
  ];
}

function columnsOf(end: RoundEnd, now: Date) {
  const { failure, encoded, decoded, score } = end;
  const metrics = score?.metrics ?? null;
  return {
    experiment_id: end.experimentId,
    number: end.round,
    state: end.state,
    failure: failure === null ? null : JSON.stringify(failure),
    note: end.note,
    encoded_bytes: encoded?.content.bytes ?? null,
    encode_seconds: encoded?.seconds ?? null,
    encode_peak_bytes: encoded?.peakBytes ?? null,
    decode_seconds: decoded?.seconds ?? null,
    decode_peak_bytes: decoded?.peakBytes ?? null,
    bitrate_mbps: metrics?.bitrateMbps ?? null,
    compression_ratio: metrics?.compressionRatio ?? null,
    psnr_db: metrics?.psnrDb ?? null,
    is_lossless: metrics === null ? null : metrics.isLossless ? 1 : 0,
    ssim: metrics?.ssim ?? null,
    ended_at: now.toISOString(),
  };
}

/** Null for a round that was not scored, and for one whose figures are none: a single record must not break a page. */
export function metricsOf(row: RoundRow): ExperimentMetrics | null {
  const read = ExperimentMetricsSchema.safeParse({
    encodedBytes: row.encoded_bytes,
    bitrateMbps: row.bitrate_mbps,
    compressionRatio: row.compression_ratio,
    psnrDb: row.psnr_db,
    isLossless: row.is_lossless === 1,
    ssim: row.ssim,
  });
  return read.data ?? null;
}

const EndSchema = z.enum(experimentEnds);

export function endOfRound({ state, failure }: Pick<RoundRow, 'state' | 'failure'>): EndedRound {
  return { state: EndSchema.parse(state), failure: readFailure(failure) };
}

export async function roundsOf(database: Kysely<Tables>, experimentId: string): Promise<readonly RoundRow[]> {
  return database
    .selectFrom('experiment_rounds')
    .selectAll()
    .where('experiment_id', '=', experimentId)
    .orderBy('number')
    .execute();
}

/** The rounds that were scored. */
export function ratedOf(rounds: readonly RoundRow[]): readonly Rated[] {
  return rounds.flatMap((row) => {
    const metrics = metricsOf(row);
    return metrics === null ? [] : [{ number: row.number, ...metrics }];
  });
}
