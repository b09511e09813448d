/** A step that runs code in the sandbox: what a definition may contain, and what is checked when it is saved. */
import { z } from 'zod';
import { effectiveLimits } from '../limits/limits.ts';
import { StepFilesSchema } from './step-files.ts';
import { bodyTemplate, common, OutputSchema } from './step-parts.ts';
import { valueProblems, type Shape, type textProblems } from './template-scope.ts';

export const CodeStepSchema = z.strictObject({
  ...common,
  kind: z.literal('code'),
  language: z.enum(['python', 'javascript']),
  source: z
    .string()
    .min(1)
    .max(100_000)
    .describe('defines main(inputs), which returns a JSON value; no templates: values come in by inputs'),
  inputs: bodyTemplate
    .default({})
    .meta({ type: 'object' })
    .describe('what main gets; text in it may hold templates, and {{steps.leads.output}} alone is the value itself'),
  files: StepFilesSchema.optional(),
  sandbox: z
    .strictObject({
      seconds: z.number().min(0.1).max(900).default(60).describe('from start to end, whatever the code does'),
      memoryMebibytes: z.int().min(32).max(2048).default(1024),
      fileMebibytes: z.int().min(1).max(100).default(25).describe('of the files that it writes, together'),
    })
    .prefault({}),
  output: OutputSchema.optional(),
});
export type CodeStep = z.infer<typeof CodeStepSchema>;

export function codeStepProblems(step: CodeStep, path: string, scope: Shape): ReturnType<typeof textProblems> {
  const { attemptSeconds } = effectiveLimits('code', step.limits);
  const { seconds } = step.sandbox;
  return [
    ...valueProblems(step.inputs, `${path}.inputs`, scope),
    ...(step.language === 'javascript' && step.files !== undefined
      ? [{ path: `${path}.files`, message: 'JavaScript takes no files: give it values by inputs, or use Python' }]
      : []),
    ...(seconds < attemptSeconds
      ? []
      : [
          {
            path: `${path}.sandbox.seconds`,
            message: `${seconds} is not below attemptSeconds ${attemptSeconds}: the attempt would end before the code's own limit`,
          },
        ]),
  ];
}
