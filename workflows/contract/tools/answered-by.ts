/** The model that has answered: a caller is told when it is not the one that was asked. */
import { z } from 'zod';

export const AnsweredBySchema = z.object({
  model: z.string(),
  replaces: z
    .string()
    .nullable()
    .describe('the model that was to answer, when this one took over from it; null when it answered itself'),
});
export type AnsweredBy = z.infer<typeof AnsweredBySchema>;

/** A sentence for each answer that another model gave; empty without one. */
export function replacementNotes(answerers: readonly (AnsweredBy | null)[]): string {
  return answerers
    .flatMap((by) => (by === null || by.replaces === null ? [] : [`${by.model} answered in place of ${by.replaces}.`]))
    .join(' ');
}
