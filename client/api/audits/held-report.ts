/** Makes a report at most once in a while: it reads much, and several may ask for it at once. */
export function heldReport<Report>(
  milliseconds: number,
  now: () => Date,
  make: () => Promise<Report>,
): () => Promise<Report> {
  let held: { readonly report: Promise<Report>; readonly until: number } | null = null;
  return () => {
    if (held !== null && now().getTime() < held.until) return held.report;
    const report = make();
    held = { report, until: now().getTime() + milliseconds };
    // A failure is told to those who wait, and not held.
    report.catch(() => {
      if (held?.report === report) held = null;
    });
    return report;
  };
}
