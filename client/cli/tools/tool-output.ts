/** A request of a tool as text for people. */
import { z } from 'zod';
import type { ToolRequestView } from '../../../workflows/contract/tools/tool-view.ts';

/** The parts of a result that are shown; tools may have more. */
const ShownSchema = z.object({
  answer: z.string().nullish(),
  expert: z.object({ answer: z.string() }).nullish(),
  next: z.string().optional(),
});

export function toolRequestText(request: ToolRequestView): string {
  const { id, tool, outcome, state, cut, result, secondsUsed, usage } = request;
  const { answer, expert, next } = ShownSchema.parse(result ?? {});
  return [
    `${id}  ${tool}: ${outcome ?? state}  ${secondsUsed.toFixed(1)} s  $${usage.costUsd.toFixed(4)}`,
    ...(cut === null ? [] : [`  ${cut.message}`, `  ${cut.advice}`]),
    ...(typeof answer === 'string' ? ['', answer] : []),
    ...(expert === null || expert === undefined ? [] : ['', '--- expert', expert.answer]),
    ...(next === undefined || cut !== null ? [] : ['', next]),
    '',
  ].join('\n');
}
