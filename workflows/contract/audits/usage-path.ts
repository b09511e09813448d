/** A07: the share of lead magnets with a computer-use step decides how much is done for it. Pure. */
export const usagePaths = ['A', 'B', 'C'] as const;
export type UsagePath = (typeof usagePaths)[number];

/** Below 5 %: A. From 5 to 20 %: B. Above 20 %: C. */
export function usagePath(using: number, leadMagnets: number): UsagePath {
  if (using * 20 < leadMagnets || using === 0) return 'A';
  return using * 5 <= leadMagnets ? 'B' : 'C';
}

export const pathAdvice: Readonly<Record<UsagePath, string>> = {
  A: 'few lead magnets use a browser: watch it, and let failed attempts be repeated',
  B: 'computer use is a part of the work: give it room in its limits, and enough browsers',
  C: 'computer use is a large part of the work: give it workers of its own, and browsers that are ready',
};

/** Whether a path asks for what another one asks for: each has the actions of those before it. */
export function includesPath(path: UsagePath, other: UsagePath): boolean {
  return usagePaths.indexOf(other) <= usagePaths.indexOf(path);
}
