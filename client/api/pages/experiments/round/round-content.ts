/** What the store holds of a round: its code and the figures of its frames. Retention may have removed either. */
import { z } from 'zod';
import { ContentProblem } from '../../../../../store/artifacts/contents.ts';
import type { Store } from '../../../../../store/store.ts';
import { FrameMetricsSchema, type Metrics } from '../../../../../workflows/contract/experiments/metrics.ts';
import { videoLimits } from '../../../../../workflows/contract/experiments/video-limits.ts';
import type { RoundView } from '../../../../../workflows/contract/experiments/view.ts';
import { removalOf } from '../../../experiments/experiment-file-routes.ts';

export type FrameMetrics = Metrics['frames'][number];

/** Content, or a sentence on why it is not shown; null for what the round never had. */
type Kept<Value> = { readonly value: Value } | { readonly gone: string } | null;

export interface RoundContent {
  readonly code: Kept<string>;
  readonly frames: Kept<readonly FrameMetrics[]>;
}

/** Larger files are not read for a page. */
const mostBytes = 1024 * 1024;

const FiguresSchema = z
  .string()
  .transform((text, context): unknown => {
    try {
      return JSON.parse(text);
    } catch {
      context.addIssue('no JSON');
      return z.NEVER;
    }
  })
  .pipe(z.object({ frames: z.array(FrameMetricsSchema).max(videoLimits.mostFrames) }));

export async function readRound(store: Store, round: RoundView): Promise<RoundContent> {
  const [code, frames] = await Promise.all([
    readText(store, round, 'code.py'),
    readText(store, round, 'metrics.json').then(framesOf),
  ]);
  return { code, frames };
}

async function readText(store: Store, { files }: RoundView, name: string): Promise<Kept<string>> {
  const file = files.find((one) => one.name === name);
  if (file === undefined) return null;
  if (file.removedAfterDays !== null) return { gone: `${removalOf(name, file.removedAfterDays)}.` };
  if (file.bytes > mostBytes) return { gone: `${name} is too large for this page.` };
  try {
    return { value: (await store.artifacts.getContent(file.sha256)).toString('utf8') };
  } catch (error) {
    if (!(error instanceof ContentProblem)) throw error;
    return { gone: `${error.message}.` };
  }
}

function framesOf(text: Kept<string>): Kept<readonly FrameMetrics[]> {
  if (text === null || 'gone' in text) return text;
  const parsed = FiguresSchema.safeParse(text.value);
  return parsed.success ? { value: parsed.data.frames } : { gone: 'metrics.json is not as this page reads it.' };
}
