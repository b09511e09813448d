/**
 * The function by which the model chooses files for a file chooser, and the text that tells it which files there are.
 */
import { z } from 'zod';
import { readJson } from '../../../workflows/contract/json/json-text.ts';
import type { FunctionCall, FunctionTool } from '../../ports.ts';
import type { PendingCall } from './checkpoint.ts';

/** A file that a step offers, as described to the model. */
export interface OfferedFile {
  /** The file name that a page sees. */
  readonly name: string;
  readonly mediaType: string;
  readonly bytes: number;
}

const name = 'choose_files';
const ArgumentsSchema = z.object({ files: z.array(z.string().max(300)).min(1).max(50) });

/** The function is offered only when there are files. */
export function fileFunctions(files: readonly OfferedFile[]): readonly FunctionTool[] {
  if (files.length === 0) return [];
  return [
    {
      name,
      description:
        'Hands files, by their names, to the file chooser that is open. With none open, the next one gets them: call it together with the click that opens it.',
      parameters: {
        type: 'object',
        properties: {
          files: { type: 'array', items: { type: 'string', enum: files.map((file) => file.name) } },
        },
        required: ['files'],
        additionalProperties: false,
      },
    },
  ];
}

export function fileInstructions(files: readonly OfferedFile[]): readonly string[] {
  if (files.length === 0) return [];
  const list = files.map((file) => `${file.name} (${file.mediaType}, ${sizeText(file.bytes)})`);
  return [`These files may be handed to file choosers of pages, by calling ${name}: ${list.join('; ')}.`];
}

export function isFileCall(call: FunctionCall): boolean {
  return call.name === name;
}

/** Turns a function call into an action; a call that cannot be read becomes an action that cannot be performed. */
export function fileAction({ arguments: text }: FunctionCall): PendingCall['actions'][number] {
  const parsed = ArgumentsSchema.safeParse(jsonOf(text));
  if (parsed.success) return { type: 'choose_files', files: parsed.data.files };
  return { type: 'unknown', described: `${name} without a list of names` };
}

/** The result of a call for the model, by its position among the calls of the answer. */
export function fileCallText({ actions, done, begun, problem, refused }: PendingCall, index: number): string {
  if (actions[index] === undefined) return 'What you see is how it stands.';
  if (index < done) return 'The files were taken; what became of them is told besides.';
  if (index > done) return 'It did not run.';
  if (problem !== null) return `It could not be done: ${problem}.`;
  if (begun) return 'It is uncertain: it may have happened. Look at the screen before you repeat it.';
  return refused ? 'A person refused it.' : 'It did not run.';
}

export function sizeText(bytes: number): string {
  if (bytes < 1000) return `${bytes} bytes`;
  if (bytes < 1_000_000) return `${Math.round(bytes / 1000)} kB`;
  return `${(bytes / 1_000_000).toFixed(1)} MB`;
}

function jsonOf(text: string): unknown {
  try {
    return readJson(text);
  } catch {
    return undefined;
  }
}
