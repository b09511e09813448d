/** The metrics of experiments as people read them, each with its unit. */

/** Three digits that count, without an exponent. */
export function significant(value: number): string {
  if (value >= 1000) return Math.round(value).toLocaleString('en-US');
  const digits = value.toPrecision(3);
  return digits.includes('e') ? value.toFixed(9).replace(/0+$/, '') : digits;
}

export function megabits(mbps: number): string {
  return `${significant(mbps)} Mbit/s`;
}

export function decibels(psnrDb: number | null): string {
  return psnrDb === null ? 'lossless' : `${psnrDb.toFixed(1)} dB`;
}

export function ratio(value: number): string {
  return `${significant(value)} : 1`;
}

/** Rounded down, so that only equal frames have 1. */
export function similarity(ssim: number): string {
  return (Math.floor(ssim * 10_000 + 1e-6) / 10_000).toFixed(4);
}

export function seconds(value: number): string {
  return value < 10 ? `${value.toFixed(2)} s` : `${value.toFixed(1)} s`;
}

/** How long ago that was, roughly. */
export function age(iso: string, now: Date): string {
  const passed = Math.max(0, (now.getTime() - Date.parse(iso)) / 1000);
  if (passed < 60) return `${Math.floor(passed)} s ago`;
  if (passed < 3600) return `${Math.floor(passed / 60)} min ago`;
  return passed < 172_800 ? `${Math.floor(passed / 3600)} h ago` : `${Math.floor(passed / 86_400)} days ago`;
}
