/** Judges a smoke run: no tool over its limit, no request over its own, and none without an outcome. */
import type { ToolLayer } from '../../../../workflows/contract/tools/limits.ts';
import type { ToolOutcome } from '../../../../workflows/contract/tools/tool-request.ts';

export interface SmokeRow {
  readonly tool: string;
  /** From when a worker began the request to its end; null when none began it. */
  readonly toolSeconds: number | null;
  /** From the call to its answer, as the caller saw it. */
  readonly requestSeconds: number;
  /** Null: the call ended without one. */
  readonly outcome: ToolOutcome | null;
  /** The layer of limits that cut it off, or failed. */
  readonly layer: ToolLayer | null;
  readonly message: string;
  /** Whether there is an answer of the tool's own turn, whatever became of the expert. */
  readonly hasAnswer: boolean;
  /** The model that gave it; null when no single one did. */
  readonly model: string | null;
}

/** The limits of the product's requirements. They do not move with the settings of an operator. */
export const smokeLimits = { toolSeconds: 60, requestSeconds: 67.5 } as const;

/** A sentence for each row that breaks a limit or has no outcome. A clear cut-off is an outcome. */
export function smokeProblems(rows: readonly SmokeRow[]): string[] {
  return rows.flatMap(({ tool, toolSeconds, requestSeconds, outcome, message }) => [
    ...(toolSeconds !== null && toolSeconds > smokeLimits.toolSeconds
      ? [`${tool} took ${toolSeconds} s, over ${smokeLimits.toolSeconds} s`]
      : []),
    ...(requestSeconds > smokeLimits.requestSeconds
      ? [`the request of ${tool} took ${requestSeconds} s, over ${smokeLimits.requestSeconds} s`]
      : []),
    ...(outcome === null ? [`${tool} ended without an outcome: ${message}`] : []),
  ]);
}

const longestMessage = 100;

export function smokeTable(rows: readonly SmokeRow[]): string {
  const cells = [
    ['tool', 'seconds', 'request', 'outcome', 'layer', 'answer', 'model', 'message'],
    ...rows.map(({ tool, toolSeconds, requestSeconds, outcome, layer, message, hasAnswer, model }) => [
      tool,
      toolSeconds?.toFixed(1) ?? '-',
      requestSeconds.toFixed(1),
      outcome ?? 'none',
      layer ?? '',
      hasAnswer ? 'yes' : 'no',
      model ?? '',
      message.length > longestMessage ? `${message.slice(0, longestMessage - 1)}…` : message,
    ]),
  ];
  const widths = [14, 8, 8, 10, 9, 7, 13, 0];
  const lines = cells.map((row) => row.map((cell, index) => cell.padEnd(widths[index] ?? 0)).join(' '));
  return `${lines.map((line) => line.trimEnd()).join('\n')}\n`;
}
