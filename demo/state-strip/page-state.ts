/** The content of a state strip: only what a person can see on the page. */
import { z } from 'zod';

const point = z.tuple([z.number(), z.number()]);

export const PageStateSchema = z.object({
  page: z.string(),
  /** A counter of the events and changes of the page. A screenshot with an old stamp is out of date. */
  stamp: z.number(),
  /** The stamp when the page was loaded. It is greater than every stamp of the page before. */
  loaded: z.number(),
  /** Facts about the page's state, such as `sent` or `cookie-banner`. */
  flags: z.array(z.string()),
  /** Visible targets of clicks: name → centre in pixels of the viewport. */
  targets: z.record(z.string(), point),
  /** Visible texts: name → text. */
  facts: z.record(z.string(), z.string()),
  /** Form fields: name → number of characters. */
  fields: z.record(z.string(), z.number()),
  /** The focused field, or an empty string. */
  focus: z.string(),
  /** Whether the page continues above and below the visible part. */
  above: z.boolean(),
  below: z.boolean(),
});
export type PageState = z.infer<typeof PageStateSchema>;
