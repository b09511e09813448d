/** The protocol of consensus: several models are asked the same, for and against, and an expert call weighs their views. */
import { z } from 'zod';
import { AnsweredBySchema } from './answered-by.ts';
import { commonFields } from './common-fields.ts';

export const stances = ['for', 'against', 'neutral'] as const;

const SeatSchema = z.strictObject({
  model: z.string().min(1).max(200),
  stance: z.enum(stances).default('neutral').describe('what the model argues; it must still be honest'),
});
/** One model of the panel, and what it argues. */
export type Seat = z.infer<typeof SeatSchema>;

const { model: _model, ...fields } = commonFields;

export const PanelInputSchema = z
  .strictObject({
    prompt: z.string().min(1).max(200_000).describe('the proposal or question, with all that is needed to judge it'),
    models: z.array(SeatSchema).min(2).max(6).describe('who is asked; the same model may sit with two stances'),
    ...fields,
    expert_model: commonFields.model.describe('the model that weighs the views; the configured one when left out'),
  })
  .superRefine(({ models }, context) => {
    const seats = new Set(models.map(({ model, stance }) => `${stance} ${model}`));
    if (seats.size < models.length) {
      context.addIssue({ code: 'custom', path: ['models'], message: 'the same model sits twice with the same stance' });
    }
  });

export const ViewSchema = z.object({
  model: z.string().describe('the model that was asked and has answered: no other takes a seat in the panel'),
  stance: z.enum(stances),
  answer: z.string().nullable().describe('null when the model did not answer in time, or refused'),
  problem: z.string().nullable(),
});
/** The view of one model of the panel. */
export type View = z.infer<typeof ViewSchema>;

export const PanelOutputSchema = z.object({
  status: z.literal('complete'),
  views: z.array(ViewSchema),
  expert: z
    .object({ answer: z.string(), reused: z.boolean(), answered_by: AnsweredBySchema.nullable() })
    .nullable()
    .describe('the views, weighed'),
  next: z.string().describe('what to do next'),
});

const ViewsSchema = z.array(ViewSchema);

/** The views as they are kept with their request. */
export function readViews(text: string): readonly View[] {
  return ViewsSchema.parse(JSON.parse(text));
}
