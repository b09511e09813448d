/** One page of `GET /v1/responses/:id/input_items`. */
import { z } from 'zod';
import { check } from '../check.ts';
import type { InputItem } from './input-items.ts';

const QuerySchema = z.object({
  order: z.enum(['asc', 'desc']).default('desc'),
  limit: z.coerce.number().int().min(1).max(100).default(20),
  after: z.string().optional(),
});

export function inputItemPage(items: readonly InputItem[], query: URLSearchParams): Readonly<Record<string, unknown>> {
  const { order, limit, after } = check(QuerySchema, Object.fromEntries(query));
  const all = items.map(({ wire }) => wire);
  if (order === 'desc') all.reverse();
  const start = after === undefined ? 0 : all.findIndex(({ id }) => id === after) + 1;
  const data = all.slice(start, start + limit);
  return {
    object: 'list',
    data,
    first_id: data[0]?.id ?? null,
    last_id: data.at(-1)?.id ?? null,
    has_more: start + limit < all.length,
  };
}
