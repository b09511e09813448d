/** One step of an investigation: what its caller found since the step before. */
import { z } from 'zod';

export const severities = ['critical', 'high', 'medium', 'low'] as const;
export const confidences = ['exploring', 'low', 'medium', 'high', 'very_high', 'almost_certain', 'certain'] as const;

const path = z.string().min(1).max(1000);

export const IssueSchema = z.strictObject({
  severity: z.enum(severities),
  description: z.string().min(1).max(5000),
  place: z.string().max(1000).optional().describe('where: a file with its line, as in src/app.ts:42'),
});

export const stepFields = {
  step: z.int().min(1).max(1000).describe('the number of this step, from 1'),
  total_steps: z.int().min(1).max(1000).describe('how many steps you expect; it may change'),
  task: z
    .string()
    .min(1)
    .max(50_000)
    .optional()
    .describe('what is to be found out; needed in the first step of a conversation'),
  findings: z.string().min(1).max(200_000).describe('what this step found out: facts, evidence, what was ruled out'),
  files_checked: z.array(path).max(1000).default([]).describe('files that were looked at, also without result'),
  relevant_files: z.array(path).max(500).default([]).describe('files that matter for the result'),
  issues: z.array(IssueSchema).max(500).default([]),
  hypothesis: z.string().max(20_000).optional().describe('the current explanation'),
  confidence: z
    .enum(confidences)
    .default('exploring')
    .describe('certain ends the tool at once, without a model: choose it only when nothing is left to check'),
};

export type InvestigationStep = z.infer<z.ZodObject<typeof stepFields>>;

export function isLastStep({ step, total_steps, confidence }: InvestigationStep): boolean {
  return step >= total_steps || confidence === 'certain';
}
