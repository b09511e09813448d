/** The panel of consensus: its models are asked at the same time, each within the limits of the tool. */
import type { Turn } from '../../store/tools/turns.ts';
import type { Seat, View } from '../../workflows/contract/tools/panel.ts';
import type { ToolCut } from '../../workflows/contract/tools/tool-request.ts';
import { askTool, type AskDependencies, type Question } from './ask-tool.ts';

const stanceTexts = {
  for: 'Your stance: argue for the proposal.',
  against: 'Your stance: argue against the proposal.',
  neutral: 'Your stance: neutral. Judge it from both sides.',
} as const;

export type PanelResult =
  | { readonly ok: true; readonly views: readonly View[] }
  | { readonly ok: false; readonly cut: ToolCut };

/** A model without an answer is a view that is missing. When all are, the panel has none. */
export async function askPanel(
  dependencies: AskDependencies,
  { row, tool, input }: Turn,
  seats: readonly Seat[],
  { text, images }: Pick<Question, 'text' | 'images'>,
): Promise<PanelResult> {
  const asked = await Promise.allSettled(
    seats.map(({ model, stance }, index) =>
      askTool(dependencies, row, {
        layer: 'tool',
        part: String(index + 1),
        model,
        instructions: `${tool.instructions}\n${stanceTexts[stance]}`,
        text,
        images,
        webSearch: input.use_web_search,
      }),
    ),
  );
  const views: View[] = [];
  let cut: ToolCut | null = null;
  for (const [index, seat] of seats.entries()) {
    const result = asked[index];
    // The next attempt finds the answers of the others again by their ids.
    if (result?.status === 'rejected') throw result.reason;
    if (result === undefined) continue;
    if (!result.value.ok) cut = result.value.cut;
    const problem = result.value.ok ? null : result.value.cut.message;
    views.push({ ...seat, answer: result.value.ok ? result.value.text : null, problem });
  }
  const isEmpty = views.every(({ answer }) => answer === null);
  return isEmpty && cut !== null ? { ok: false, cut } : { ok: true, views };
}
