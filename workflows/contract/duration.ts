/** Durations in definitions. Safe in the workflow sandbox. */
const unitSeconds = { s: 1, m: 60, h: 3600, d: 86_400 } as const;

/** The format of a duration in a definition: a number and a unit, as in `90m`, `24h`, `7d`. */
export const durationPattern = /^(\d{1,6})([smhd])$/;

/** Seconds of a duration such as `24h`; NaN for any other text. */
export function durationSeconds(text: string): number {
  const [, count, unit] = durationPattern.exec(text) ?? [];
  if (unit !== 's' && unit !== 'm' && unit !== 'h' && unit !== 'd') return Number.NaN;
  return Number(count) * unitSeconds[unit];
}
