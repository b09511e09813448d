/** Keeps what was measured of a round: its pictures, and the figures of each frame, as files. */
import type { Artifacts } from '../../store/artifacts/artifacts.ts';
import type { ExperimentFile, RoundScore } from '../../workflows/contract/experiments/experiment.ts';
import type { Score } from './video/score-frames.ts';

export async function keepScore(
  artifacts: Pick<Artifacts, 'putContent'>,
  { metrics, pictures }: Score,
  encodedBytes: number,
): Promise<RoundScore> {
  const files: ExperimentFile[] = [];
  for (const { name, bytes } of pictures) {
    files.push({ name, mediaType: 'image/png', ...(await artifacts.putContent(bytes)) });
  }
  const figures = Buffer.from(JSON.stringify(metrics));
  files.push({ name: 'metrics.json', mediaType: 'application/json', ...(await artifacts.putContent(figures)) });
  const { frames: _ofEach, ...whole } = metrics;
  return { metrics: { encodedBytes, ...whole }, files };
}
