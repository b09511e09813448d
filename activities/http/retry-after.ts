/** Parses the header `retry-after`, in seconds or as a date. */

/** The delay in milliseconds; undefined when the text contains none. */
export function retryAfterMilliseconds(text: string, now: number): number | undefined {
  const seconds = Number(text);
  const delay = Number.isFinite(seconds) ? seconds * 1000 : Date.parse(text) - now;
  return Number.isFinite(delay) && delay >= 0 ? delay : undefined;
}
