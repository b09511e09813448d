// Progress goes to standard error, one line each, so that a command's own output (JSON, for instance) stays clean.

/** @param {string} line */
export function report(line) {
  process.stderr.write(`[setup] ${line}\n`);
}

/** @param {number} bytes */
export function megabytes(bytes) {
  return `${Math.max(1, Math.round(bytes / 1_000_000))} MB`;
}

/** @param {number} since a `Date.now()` */
export function secondsSince(since) {
  return `${((Date.now() - since) / 1000).toFixed(1)} s`;
}
