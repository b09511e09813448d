/** Limits on the depth and size of untrusted data, checked before anything processes it by recursion. */

const mostLevels = 100;
const mostValues = 100_000;

/** A sentence that says why a value is too large or too deep; undefined when it is within the limits. */
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
    // A YAML alias counts as one value each time that it is used.
    for (const inner of Object.values(next.value)) meet(inner, next.level + 1);
    if (values > mostValues) return `has more than ${mostValues} values`;
  }
  return undefined;
}
