/** How deep and how large data from a stranger may be, before anything goes through it by recursion. */

const mostLevels = 100;
const mostValues = 100_000;

/** What is wrong with the size of a value, as a sentence; undefined when it is within bounds. */
export function treeProblem(raw: unknown): string | undefined {
  const waiting: { readonly value: object; readonly level: number }[] = [];
  let values = 0;
  const meet = (value: unknown, level: number): void => {
    values += 1;
    if (typeof value === 'object' && value !== null) waiting.push({ value, level });
  };
  meet(raw, 1);
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    if (next.level > mostLevels) return `is nested more than ${mostLevels} levels deep`;
    // An alias of YAML is one value each time that it is named.
    for (const inner of Object.values(next.value)) meet(inner, next.level + 1);
    if (values > mostValues) return `has more than ${mostValues} values`;
  }
  return undefined;
}
