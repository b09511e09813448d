/** What an experiment was asked for: the video, the goal, the wanted quality, and its limits. */
import { html } from 'hono/html';
import { counted } from '../../../../workflows/contract/counted.ts';
import type { VideoSource } from '../../../../workflows/contract/experiments/video.ts';
import type { ExperimentView } from '../../../../workflows/contract/experiments/view.ts';
import { money, size } from '../format.ts';
import type { Html } from '../layout.ts';
import { fact } from '../parts.ts';
import { boundedText, visibleText } from './foreign-text.ts';
import { decibels, ratio } from './metric-words.ts';

const longestGoal = 20_000;

export function askedCard({ spec, limits, video }: ExperimentView): Html {
  const frames =
    video === null
      ? ''
      : `${video.width} × ${video.height}, ${counted(video.frames, 'frame')}, ${video.framesPerSecond} a second`;
  return html`<section class="card" id="asked">
    <h2>What is asked</h2>
    ${spec.goal === undefined ? null : html`<p class="words" tabindex="0" aria-label="Goal">${boundedText(spec.goal, longestGoal)}</p>`}
    <dl class="facts">
      ${fact('Video', sourceWords(spec.video))} ${fact('Frames', frames)} ${fact('Wanted PSNR', decibels(spec.psnrDb))}
      ${fact('Enough at', spec.ratio === undefined ? '' : ratio(spec.ratio))}
      ${fact('Model', visibleText(spec.model ?? ''))}
      ${fact('Budget', spec.budget?.usd === undefined ? '' : money(spec.budget.usd))}
      ${fact('GPU', { none: '', wait: 'waits for a worker with one', fail: 'fails without one' }[spec.gpu])}
    </dl>
    <dl class="facts">
      ${fact('Encode, at most', `${limits.encodeSeconds} s`)} ${fact('Decode, at most', `${limits.decodeSeconds} s`)}
      ${fact('Score, at most', `${limits.scoreSeconds} s`)} ${fact('All, at most', `${limits.totalSeconds} s`)}
      ${fact('Memory of the code', size(limits.memoryBytes))}
    </dl>
  </section>`;
}

function sourceWords(source: VideoSource): string {
  if (source.kind === 'generated') return `generated: ${source.pattern}, seed ${source.seed}`;
  return source.format === 'y4m' ? 'uploaded as Y4M' : 'uploaded as pictures';
}
