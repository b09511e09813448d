/**
 * Files that a computer-use step may give to the pages it works on, and a code step to its code, by reference: a file of the
 * form, an artifact of an upstream step, or all files that such a step downloaded. Defines the references and checks that they can exist.
 */
import { z } from 'zod';
import { batchResultsName, isCodeFile, outputName, renderedNames } from '../names.ts';
import type { FormField } from './form.ts';
import type { StepKind } from '../limits/limits.ts';

/** The files and bytes that one step may offer to pages. */
export const offeredFilesLimits = { files: 50, fileBytes: 25 * 2 ** 20, bytes: 100 * 2 ** 20 } as const;

/** The files and bytes that one step keeps of what pages download. */
export const downloadLimits = { files: 20, fileBytes: 25 * 2 ** 20, bytes: 100 * 2 ** 20 } as const;

export const StepFilesSchema = z
  .array(
    z
      .string()
      .max(200)
      .regex(/^[\w-]+(?:\.[\w-]+)+$/, 'write it as form.cv, report.pdf, answer.output.json or visit.downloads'),
  )
  .min(1)
  .max(20)
  .describe(
    'what the model may hand to a file chooser, or what code finds in its folder `in` by this name: form.<field>, a file of a step upstream like report.pdf or answer.output.json, or <step>.downloads',
  );

type Field = Pick<FormField, 'id' | 'type'>;

/** Determines which files a step produces. */
interface FileStep {
  readonly id: string;
  readonly kind: StepKind;
  readonly pdf?: boolean;
}

/** The problems of a step's references; paths are relative to the list. */
export function stepFileProblems(
  form: readonly Field[],
  references: readonly string[],
  upstream: readonly FileStep[],
): readonly { readonly path: string; readonly message: string }[] {
  const fields = form.filter(({ type }) => type === 'file').map(({ id }) => `form.${id}`);
  const known = [...fields, ...upstream.flatMap(filesOf)];
  return references.flatMap((reference, index) => {
    const path = `[${index}]`;
    if (references.indexOf(reference) !== index) return [{ path, message: `${reference} is named twice` }];
    const isOfCode = upstream.some(({ id, kind }) => kind === 'code' && isCodeFile(id, reference));
    if (known.includes(reference) || isOfCode) return [];
    const list = known.length === 0 ? 'there are none' : `known: ${known.join(', ')}`;
    return [{ path, message: `neither the form nor a step upstream has the file ${reference}; ${list}` }];
  });
}

function filesOf(step: FileStep): readonly string[] {
  const output = outputName(step.id);
  switch (step.kind) {
    case 'computer_use':
      return [output, `${step.id}.downloads`];
    case 'render':
      return [output, ...renderedNames(step.id, step.pdf === true)];
    case 'batch':
      return [output, batchResultsName(step.id)];
    case 'ai':
    case 'webhook':
    case 'tool':
    // The files that code writes are known when it has run.
    case 'code':
      return [output];
  }
}
