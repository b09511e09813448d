/** Words for people about a tool request: what it is doing, and how it was ended. */
import type { JsonObject } from '../../../../workflows/contract/json/json.ts';
import type { ToolCut, ToolPhase } from '../../../../workflows/contract/tools/tool-request.ts';

export const phaseWords: Readonly<Record<ToolPhase, string>> = {
  queued: 'waits for a worker',
  turn: 'the tool answers',
  expert: 'the expert judges',
  ended: 'ended',
};

/** Whether a limit ended the request; everything else failed, or was cancelled, within its limits. */
export function isLimit({ type }: ToolCut): boolean {
  return type.startsWith('time');
}

/** As the beginning of a sentence, such as `Ended by the expert`. */
export function endingWords(cut: ToolCut): string {
  if (isLimit(cut)) return `Ended by the ${cut.layer}`;
  return cut.type === 'cancelled' ? 'Cancelled' : 'Failed';
}

/** Texts as they were written, with their lines; everything else as JSON. */
export function inputText(input: JsonObject): string {
  return Object.entries(input)
    .map(([name, value]) => {
      const text = typeof value === 'string' ? value : JSON.stringify(value, null, 2);
      return `${name}:${text.includes('\n') ? '\n' : ' '}${text}`;
    })
    .join('\n');
}
