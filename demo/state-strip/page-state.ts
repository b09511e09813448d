/** What a state strip says about a page: only what a person in front of the screen would see. */
import { z } from 'zod';

const point = z.tuple([z.number(), z.number()]);

export const PageStateSchema = z.object({
  page: z.string(),
  /** Grows with every event and every change of the page: a screenshot with an old stamp is an old screenshot. */
  stamp: z.number(),
  /** The stamp with which the page came: greater than an old stamp when the page was loaded after it. */
  loaded: z.number(),
  /** Things that the page says of itself, as `sent` or `cookie-banner`. */
  flags: z.array(z.string()),
  /** What can be clicked now: name → centre in pixels of the viewport. */
  targets: z.record(z.string(), point),
  /** What can be read now: name → the text. */
  facts: z.record(z.string(), z.string()),
  /** Form fields: name → number of characters in it. */
  fields: z.record(z.string(), z.number()),
  /** The field that has the keyboard, or an empty string. */
  focus: z.string(),
  /** Whether the page goes on above and below what is visible. */
  above: z.boolean(),
  below: z.boolean(),
});
export type PageState = z.infer<typeof PageStateSchema>;
