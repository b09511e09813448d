/** The metrics of an experiment or of a round as cells of a table. */
import { html } from 'hono/html';
import type { ExperimentMetrics } from '../../../../workflows/contract/experiments/experiment.ts';
import type { Html } from '../layout.ts';
import { decibels, megabits, ratio, similarity } from './metric-words.ts';

/** PSNR, SSIM, ratio and bitrate; empty cells for what was not scored. */
export function metricCells(metrics: ExperimentMetrics | null): Html {
  return html`${numberCell('PSNR', metrics === null ? '' : decibels(metrics.psnrDb))}
  ${numberCell('SSIM', metrics === null ? '' : similarity(metrics.ssim))}
  ${numberCell('Ratio', metrics === null ? '' : ratio(metrics.compressionRatio))}
  ${numberCell('Bitrate', metrics === null ? '' : megabits(metrics.bitrateMbps))}`;
}

/** In a narrow window the rows are stacked, and each cell shows its name. */
export function numberCell(name: string, words: string): Html {
  return html`<td class="number" data-name="${name}">${words}</td>`;
}
