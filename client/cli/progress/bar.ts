/** Progress bars and durations as text. */

const width = 24;

/** The bar is full only when everything is done. */
export function bar(done: number, total: number): string {
  const full = total === 0 ? 0 : Math.floor(Math.min(1, done / total) * width);
  return `[${'#'.repeat(full)}${'-'.repeat(width - full)}]`;
}

export function duration(seconds: number): string {
  if (seconds < 90) return `${Math.round(seconds)} s`;
  return seconds < 5400 ? `${Math.round(seconds / 60)} min` : `${(seconds / 3600).toFixed(1)} h`;
}
