/** Formats numbers and states for pages. */
export function duration(milliseconds: number | null): string {
  if (milliseconds === null) return '';
  if (milliseconds < 59_950) return `${(milliseconds / 1000).toFixed(1)} s`;
  const seconds = Math.round(milliseconds / 1000);
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return seconds % 60 === 0 ? `${minutes} min` : `${minutes} min ${seconds % 60} s`;
  return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

export function money(usd: number): string {
  if (usd === 0) return '$0';
  return usd < 0.01 ? `$${usd.toFixed(4)}` : `$${usd.toFixed(2)}`;
}

export function size(bytes: number): string {
  if (bytes < 1024) return `${bytes} B`;
  if (bytes < 1_048_576) return `${Math.round(bytes / 1024)} KB`;
  return bytes < 1_073_741_824 ? `${(bytes / 1_048_576).toFixed(1)} MB` : `${(bytes / 1_073_741_824).toFixed(1)} GB`;
}

export function humanize(state: string): string {
  return state.replaceAll('_', ' ');
}

/** The colour class of a state: good, bad, busy or still. */
export function tone(state: string): 'good' | 'bad' | 'busy' | 'still' {
  if (['succeeded', 'completed', 'delivered'].includes(state)) return 'good';
  if (['failed', 'timed_out', 'uncertain', 'completed_with_errors', 'partial'].includes(state)) return 'bad';
  return ['running', 'processing', 'sending', 'retrying', 'delivering', 'awaiting_approval'].includes(state)
    ? 'busy'
    : 'still';
}

export function moment(iso: string | null): string {
  return iso === null ? '' : `${iso.slice(0, 10)} ${iso.slice(11, 19)} UTC`;
}
