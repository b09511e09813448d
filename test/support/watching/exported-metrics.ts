/** The metrics of docs/metrics.md with their labels, and what a dashboard or a rule asks for: so that nothing asks for what is not there. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

const root = join(import.meta.dirname, '..', '..', '..');

/** Labels that Prometheus itself adds, or the forms of a histogram have. */
const usualLabels = ['instance', 'job', 'le'];

/** Temporal's own that we ask for, with the labels that they had in an export of a worker of SDK 1.24. */
const ofTemporal: Readonly<Record<string, readonly string[]>> = {
  temporal_activity_schedule_to_start_latency: ['namespace', 'service_name', 'task_queue'],
  temporal_workflow_task_execution_latency: ['namespace', 'service_name', 'task_queue', 'workflow_type'],
};

export const temporalMetrics = Object.keys(ofTemporal);

/** By name, the labels. */
export async function documentedMetrics(): Promise<ReadonlyMap<string, ReadonlySet<string>>> {
  const text = await readFile(join(root, 'docs/metrics.md'), 'utf8');
  const found = new Map(
    Object.entries(ofTemporal).map(([name, labels]) => [name, new Set([...labels, ...usualLabels])]),
  );
  for (const [, names = '', labels = ''] of text.matchAll(/^\| (`[^|]+)\|[^|]+\|([^|]*)\|/gm)) {
    for (const [, name = ''] of names.matchAll(/`(\w+)`/g)) {
      found.set(name, new Set([...[...labels.matchAll(/`(\w+)`/g)].map(([, label = '']) => label), ...usualLabels]));
    }
  }
  return found;
}

/** The metrics of a query without the ending of a histogram's parts. */
export function metricsOf(query: string): readonly string[] {
  return [...query.matchAll(/\b((?:lodestone|temporal)_\w+?)(?:_bucket|_sum|_count)?\b(?!\w)/g)].map(
    ([, name = '']) => name,
  );
}

/** The labels that a query selects by, groups by or shows. */
export function labelsOf(query: string, shown: string): ReadonlySet<string> {
  const selected = [...query.matchAll(/(\w+)\s*(?:=~|!~|!=|=)\s*"/g)].map(([, label = '']) => label);
  const grouped = [...query.matchAll(/\b(?:by|on)\s*\(([^)]*)\)/g)].flatMap(([, labels = '']) => labels.split(','));
  const legends = [...shown.matchAll(/\{\{\s*(?:\$labels\.)?(\w+)\s*\}\}/g)].map(([, label = '']) => label);
  return new Set([...selected, ...grouped, ...legends].map((label) => label.trim()).filter((label) => label !== ''));
}

/** What Temporal's SDK adds to what activities and workflows measure themselves. */
const ofSdk = ['namespace', 'taskQueue', 'activityType', 'workflowType'];

/** What an export has that the documents do not tell: metrics of ours, and labels of any that they name. */
export function undocumentedIn(
  exported: string,
  documented: ReadonlyMap<string, ReadonlySet<string>>,
): readonly string[] {
  const unknown = exported.split('\n').flatMap((line) => {
    const [, whole = '', labels = ''] = /^(\w+)(?:\{(.*)\})? /.exec(line) ?? [];
    const name = documented.has(whole) ? whole : whole.replace(/_(?:bucket|sum|count)$/, '');
    const known = documented.get(name);
    if (known === undefined) return name.startsWith('lodestone_') ? [name] : [];
    return [...labels.matchAll(/(\w+)="/g)]
      .map(([, label = '']) => label)
      .filter((label) => !known.has(label) && !ofSdk.includes(label))
      .map((label) => `${name}: ${label}`);
  });
  return [...new Set(unknown)];
}
