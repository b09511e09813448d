/** The figures of one session, measured by the place of `bench:computer`. */
import { z } from 'zod';
import { PictureCountSchema } from './stale/pictures.ts';

export const FiguresSchema = z.object({
  /** From an answer to the request after it, by the number of actions in the answer. */
  gaps: z.array(z.object({ actions: z.int(), milliseconds: z.number() })),
  /** From the start signal to the first request. */
  startMilliseconds: z.number(),
  /** From the start signal to the answer that ends the session. */
  endMilliseconds: z.number(),
  /** Of the page that stamps its state. */
  pictures: PictureCountSchema,
});
export type Figures = z.infer<typeof FiguresSchema>;

export const PlaceSchema = z.object({ model: z.string(), site: z.string() });
export type Place = z.infer<typeof PlaceSchema>;
