/** Seconds as callers read them. Safe in the workflow sandbox. */

/** A number to one decimal. */
export function inTenths(value: number): number {
  return Math.round(value * 10) / 10;
}
