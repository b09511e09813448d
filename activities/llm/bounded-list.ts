/** Lists in what a provider sends: their number of items is looked at before the items are, which are parsed on the event loop. */
import { z } from 'zod';

export function boundedList<Schema extends z.ZodType>(schema: Schema, mostItems: number) {
  return z.array(z.unknown()).max(mostItems).pipe(z.array(schema));
}
