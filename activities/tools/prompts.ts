/** The prompt of a tool request: the conversation so far, and what is asked now, as delimited blocks. */
import { createHash } from 'node:crypto';
import { isLastStep } from '../../workflows/contract/tools/investigation-step.ts';
import { recordOf, type InvestigationRecord } from '../../workflows/contract/tools/investigation.ts';
import { readViews } from '../../workflows/contract/tools/panel.ts';
import { stepsOf, type Turn } from '../../store/tools/turns.ts';

export function isLast({ input }: Turn): boolean {
  return input.investigation === undefined || isLastStep(input.investigation);
}

/** The prompt of the tool's own turn. `context` has the earlier turns and the files. */
export function turnPrompt(turns: readonly Turn[], current: Turn, context: string): string {
  const { input } = current;
  const asked =
    input.investigation === undefined
      ? block('question', input.prompt ?? '')
      : recordBlocks(recordOf(stepsOf(turns, current)));
  return joined([context, asked]);
}

/** The prompt of the expert call: the whole record, and the tool's own view of it. */
export function expertPrompt(turns: readonly Turn[], current: Turn, context: string): string {
  if (current.input.panel !== undefined) {
    return joined([context, block('question', current.input.prompt ?? ''), ...viewBlocks(current)]);
  }
  const record = recordBlocks(recordOf(stepsOf(turns, current)));
  const view = current.row.answer === null ? [] : [block("the tool's own view", current.row.answer)];
  return joined([context, record, ...view]);
}

function joined(blocks: readonly string[]): string {
  return blocks.filter((text) => text !== '').join('\n\n');
}

/** The same for the same work: what the expert judges, who is asked, and in which language. */
export function workHash(
  turns: readonly Turn[],
  current: Turn,
  asked: { readonly model: string; readonly files: readonly string[]; readonly locale: string | null },
): string {
  const { tool, input, row } = current;
  const work = input.panel === undefined ? recordOf(stepsOf(turns, current)) : [input.prompt, row.answer];
  return createHash('sha256')
    .update(
      JSON.stringify([tool.name, asked.model, asked.files, work, ...(asked.locale === null ? [] : [asked.locale])]),
    )
    .digest('hex');
}

function viewBlocks({ row }: Turn): string[] {
  const views = row.answer === null ? [] : readViews(row.answer);
  return views.map(({ model, stance, answer, problem }) =>
    block(`view of ${model}, ${stance}`, answer ?? `(no answer: ${problem ?? 'unknown'})`),
  );
}

/** Earlier turns, the newest first. The steps of this tool's record are not told twice. */
export function earlierTurns(turns: readonly Turn[], current: Turn): readonly string[] {
  const isInRecord = (turn: Turn): boolean =>
    turn.tool.name === current.tool.name && turn.input.investigation !== undefined;
  return turns
    .filter((turn) => current.input.investigation === undefined || !isInRecord(turn))
    .toReversed()
    .map((turn) => historyBlock(turn));
}

function historyBlock({ row, tool, input }: Turn): string {
  const asked = input.prompt ?? input.investigation?.findings ?? '';
  const answers = [row.answer, row.expertAnswer].filter((answer) => answer !== null);
  return block(
    `turn ${row.turn}, ${tool.name}`,
    [asked, ...answers.map((answer) => `--- answer\n${answer}`)].join('\n'),
  );
}

function recordBlocks(record: InvestigationRecord): string {
  const issues = record.issues.map(
    ({ severity, description, place }) => `- ${severity}${place === undefined ? '' : ` (${place})`}: ${description}`,
  );
  const parts = [
    ['task', record.task ?? ''],
    ...record.findings.map((findings, index) => [`findings of step ${index + 1}`, findings] as const),
    ['files checked', record.files_checked.join('\n')],
    ['relevant files', record.relevant_files.join('\n')],
    ['issues', issues.join('\n')],
    ['hypothesis', record.hypothesis ?? ''],
    ['confidence of the agent', record.confidence],
  ] as const;
  return parts.flatMap(([title, text]) => (text === '' ? [] : [block(title, text)])).join('\n\n');
}

function block(title: string, text: string): string {
  return `=== ${title} ===\n${text}`;
}
