/** The protocol of tools that are asked once: a prompt, and an answer. */
import { z } from 'zod';
import { AnsweredBySchema } from './answered-by.ts';
import { commonFields } from './common-fields.ts';
import type { Tool } from './tool.ts';

const QuestionInputSchema = z.strictObject({
  prompt: z.string().min(1).max(200_000).describe('what is asked, with all that is needed to answer it'),
  ...commonFields,
});

const QuestionOutputSchema = z.object({
  status: z.literal('complete'),
  answer: z.string().nullable().describe('null when the tool was cut off'),
  answered_by: AnsweredBySchema.nullable().describe('null when no model was asked, or none answered'),
  next: z.string().describe('what to do next'),
});

/** What one such tool has of its own. */
interface QuestionTool extends Pick<Tool, 'name' | 'title' | 'description' | 'instructions'> {
  /** A small prompt, for the smoke command. */
  readonly sample: string;
}

export function questionTool(own: QuestionTool): Tool {
  return {
    ...own,
    sample: ({ mark }) => ({ prompt: `${own.sample} (${mark})`, use_web_search: false }),
    expertInstructions: null,
    input: QuestionInputSchema,
    output: QuestionOutputSchema,
    read: (raw) => QuestionInputSchema.parse(raw),
  };
}
