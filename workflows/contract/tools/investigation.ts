/** The protocol that investigation tools share: several calls, each a step with its findings; the last asks the expert. */
import { z } from 'zod';
import { AnsweredBySchema } from './answered-by.ts';
import { commonFields } from './common-fields.ts';
import { confidences, IssueSchema, stepFields, type InvestigationStep } from './investigation-step.ts';
import type { Tool } from './tool.ts';

const InvestigationInputSchema = z
  .strictObject({
    ...stepFields,
    ...commonFields,
    expert_model: commonFields.model.describe('the model of the expert call; the configured one when left out'),
  })
  .superRefine(({ step, total_steps, task, continuation_id }, context) => {
    if (step > total_steps) {
      context.addIssue({ code: 'custom', path: ['step'], message: `is above total_steps ${total_steps}` });
    }
    if (continuation_id !== undefined) return;
    if (task === undefined)
      context.addIssue({ code: 'custom', path: ['task'], message: 'is needed in the first step' });
    if (step > 1) {
      context.addIssue({ code: 'custom', path: ['continuation_id'], message: `is needed in step ${step}` });
    }
  });

export const InvestigationRecordSchema = z.object({
  task: z.string().nullable(),
  steps: z.int(),
  findings: z.array(z.string()).describe('of each step, in order'),
  files_checked: z.array(z.string()),
  relevant_files: z.array(z.string()),
  issues: z.array(IssueSchema),
  hypothesis: z.string().nullable(),
  confidence: z.enum(confidences),
});
/** What all steps of an investigation have found together. */
export type InvestigationRecord = z.infer<typeof InvestigationRecordSchema>;

const InvestigationOutputSchema = z.object({
  status: z.enum(['continue', 'complete']).describe('continue: send the next step; complete: this was the last'),
  answer: z.string().nullable().describe("the tool's own view of the step; null when it was not asked or cut off"),
  answered_by: AnsweredBySchema.nullable().describe('null when no model was asked, or none answered'),
  expert: z
    .object({
      answer: z.string(),
      reused: z.boolean().describe('the same findings were judged before'),
      answered_by: AnsweredBySchema.nullable(),
    })
    .nullable(),
  record: InvestigationRecordSchema,
  next: z.string().describe('what to do next'),
});

/** What one investigation tool has of its own. */
export interface InvestigationTool {
  readonly name: string;
  readonly title: string;
  readonly description: string;
  readonly instructions: string;
  /** Null: the last step is answered by the tool itself. */
  readonly expertInstructions: string | null;
  /** A small investigation of one step, for the smoke command. */
  readonly sample: { readonly task: string; readonly findings: string };
}

const howToUse =
  'Investigate yourself between the calls. Call it once a step with what you found, always with the continuation_id of the answer before.';
const lastStep = 'The last step (step = total_steps) asks an expert model, unless confidence is certain.';

export function investigationTool(own: InvestigationTool): Tool {
  return {
    ...own,
    description: [own.description, howToUse, ...(own.expertInstructions === null ? [] : [lastStep])].join(' '),
    input: InvestigationInputSchema,
    sample: ({ mark }) => ({
      step: 1,
      total_steps: 1,
      task: own.sample.task,
      findings: `${own.sample.findings} (${mark})`,
      confidence: 'high',
      use_web_search: false,
    }),
    output: InvestigationOutputSchema,
    read(raw) {
      const { continuation_id, model, expert_model, use_web_search, files, paths, ...investigation } =
        InvestigationInputSchema.parse(raw);
      return { continuation_id, model, expert_model, use_web_search, files, paths, investigation };
    },
  };
}

/**
 * All steps as one record: what is listed twice counts once, and the newest hypothesis and confidence hold. Of a step that was
 * sent again only the newest counts, so that the same work stays the same.
 */
export function recordOf(sent: readonly InvestigationStep[]): InvestigationRecord {
  const newest = new Map(sent.map((step) => [step.step, step]));
  const steps = sent.filter((step) => newest.get(step.step) === step);
  const issues = new Map(steps.flatMap((step) => step.issues.map((issue) => [JSON.stringify(issue), issue] as const)));
  const hypothesis = steps.findLast((step) => step.hypothesis !== undefined)?.hypothesis;
  return {
    task: sent.find((step) => step.task !== undefined)?.task ?? null,
    steps: steps.length,
    findings: steps.toSorted((one, other) => one.step - other.step).map(({ findings }) => findings),
    files_checked: [...new Set(steps.flatMap((step) => step.files_checked))],
    relevant_files: [...new Set(steps.flatMap((step) => step.relevant_files))],
    issues: [...issues.values()],
    hypothesis: hypothesis ?? null,
    confidence: steps.at(-1)?.confidence ?? 'exploring',
  };
}
