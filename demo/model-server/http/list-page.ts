/** One page of a list, newest first unless `order` says otherwise, starting after the id in `after`. */

interface ListPage<T> {
  readonly object: 'list';
  readonly data: readonly T[];
  readonly first_id: string | null;
  readonly last_id: string | null;
  readonly has_more: boolean;
}

const defaultLimit = 20;

/** `all` is in order of creation. */
export function listPage<T extends { readonly id: string }>(all: readonly T[], query: URLSearchParams): ListPage<T> {
  const ordered = query.get('order') === 'asc' ? all : all.toReversed();
  const after = ordered.findIndex(({ id }) => id === query.get('after'));
  const rest = ordered.slice(after + 1);
  const data = rest.slice(0, Number(query.get('limit') ?? defaultLimit));
  const has_more = data.length < rest.length;
  return { object: 'list', data, first_id: data[0]?.id ?? null, last_id: data.at(-1)?.id ?? null, has_more };
}
