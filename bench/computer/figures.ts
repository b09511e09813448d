/** What the place of `bench:computer` tells of one session. */
import { z } from 'zod';

export const FiguresSchema = z.object({
  /** From an answer to the request after it, by the number of actions that the answer asked for. */
  gaps: z.array(z.object({ actions: z.int(), milliseconds: z.number() })),
  /** From the word to begin to the first request. */
  startMilliseconds: z.number(),
});
export type Figures = z.infer<typeof FiguresSchema>;

export const PlaceSchema = z.object({ model: z.string(), site: z.string() });
export type Place = z.infer<typeof PlaceSchema>;
