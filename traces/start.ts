/** Starts the traces of a process. OpenTelemetry is loaded here alone, and only when a collector is set. */
import type { Traces, TracesRequest } from './traces.ts';

/** Starts the traces of this process; null when they are off. */
export async function startTraces({
  endpoint,
  ...request
}: Omit<TracesRequest, 'endpoint'> & { readonly endpoint: string | undefined }): Promise<Traces | null> {
  if (endpoint === undefined) return null;
  const { openTelemetry } = await import('./open-telemetry.ts');
  return openTelemetry({ ...request, endpoint });
}
