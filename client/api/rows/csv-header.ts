/** Checks the first row of a CSV, which names its columns. */
import type { DelimiterName } from '../../../workflows/contract/batches/table-format.ts';

/** Columns that the message lists when one is missing. */
const listedColumns = 20;

/** Null when each column has a name of its own and all `fields` are there. */
export function headerProblem(
  names: readonly string[],
  fields: readonly string[],
  delimiter: DelimiterName,
): string | null {
  const known = new Set<string>();
  for (const name of names) {
    if (known.has(name) && name !== '') return `names the column ${JSON.stringify(name)} twice; rename one`;
    known.add(name);
  }
  if (known.has('')) return 'has a column without a name; the first line must name each column';
  if (known.has('__proto__')) return 'names a column __proto__, which is taken; rename it';
  const missing = fields.filter((field) => !known.has(field));
  if (missing.length === 0) return null;
  const columnNames = [...known].slice(0, listedColumns).join(', ');
  const more = known.size > listedColumns ? ` and ${known.size - listedColumns} more` : '';
  return `has no column ${missing.join(', ')}, which the prompt names; read with ${delimiter}s between columns there are ${columnNames}${more}. If these are not the columns, name the delimiter`;
}
