/**
 * The panel of consensus: its models are asked at the same time, each within the limits of the tool. A seat that fails is asked
 * again by itself, and how a seat ended is recorded, so that another attempt of the activity asks only those that have not ended.
 */
import { Context } from '@temporalio/activity';
import { ApplicationFailure } from '@temporalio/common';
import { z } from 'zod';
import type { Turn } from '../../store/tools/turns.ts';
import { payerOf } from '../../workflows/contract/names.ts';
import type { Seat, View } from '../../workflows/contract/tools/panel.ts';
import type { ToolCut } from '../../workflows/contract/tools/tool-request.ts';
import { ToolCutSchema } from '../../workflows/contract/tools/tool-view.ts';
import { providerAttempt } from './store-outage.ts';
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
  turn: Turn,
  seats: readonly Seat[],
  { text, images }: Pick<Question, 'text' | 'images'>,
): Promise<PanelResult> {
  const { tool, input } = turn;
  const asked = await Promise.allSettled(
    seats.map(({ model, stance }, index) =>
      seatEnd(dependencies, turn, {
        layer: 'tool',
        part: String(index + 1),
        model,
        // Another model in its seat would count the same view twice.
        isReplaceable: false,
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
    if (result?.status === 'rejected') throw result.reason;
    if (result === undefined) continue;
    const { answer, cut: why } = result.value;
    if (why !== null) cut = why;
    views.push({ ...seat, answer, problem: why?.message ?? null });
  }
  const isEmpty = views.every(({ answer }) => answer === null);
  return isEmpty && cut !== null ? { ok: false, cut } : { ok: true, views };
}

const SeatEndSchema = z.object({ answer: z.string().nullable(), cut: ToolCutSchema.nullable() });
type SeatEnd = z.infer<typeof SeatEndSchema>;

/** How a seat has ended, in this attempt of the activity or in an earlier one. */
async function seatEnd(dependencies: AskDependencies, turn: Turn, question: Question): Promise<SeatEnd> {
  const { ledger } = dependencies.store;
  const { id } = turn.row;
  const key = `${id}/tool/${question.part}/end`;
  const before = await ledger.find(key);
  if (before !== null) return SeatEndSchema.parse(before.data);
  const answer = await askUntilEnd(dependencies, turn, question);
  const end = answer.ok ? { answer: answer.text, cut: null } : { answer: null, cut: { ...answer.cut } };
  await ledger.write({ key, jobId: payerOf(id).jobId, kind: 'tool_seat', state: 'done', data: end });
  return end;
}

/** Repeats what fails while another attempt fits into the layer. */
async function askUntilEnd(dependencies: AskDependencies, { row }: Turn, question: Question) {
  const { cancellationSignal } = Context.current();
  for (let attempt = providerAttempt(); ; attempt += 1) {
    try {
      return await askTool(dependencies, row, { ...question, attempt });
    } catch (error) {
      const delay = error instanceof ApplicationFailure ? error.nextRetryDelay : undefined;
      if (typeof delay !== 'number' || cancellationSignal.aborted) throw error;
      await dependencies.sleep(delay, cancellationSignal);
    }
  }
}
