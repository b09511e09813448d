/** The metrics that the alert rules use, to compare them with the metrics that are really exported. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parse } from 'yaml';
import { z } from 'zod';

const RulesSchema = z.object({
  groups: z.array(z.object({ name: z.string(), rules: z.array(z.object({ expr: z.string() })) })),
});

/** The names of our metrics in a group's rules. Throws when there is no such group. */
export async function metricsAskedBy(group: string): Promise<readonly string[]> {
  const text = await readFile(join(import.meta.dirname, '../../ops/prometheus/rules.yaml'), 'utf8');
  const found = RulesSchema.parse(parse(text)).groups.find(({ name }) => name === group);
  if (found === undefined) throw new Error(`there is no group ${group}`);
  return found.rules.flatMap(({ expr }) => expr.match(/lodestone_\w+/g) ?? []);
}

/** The names of our metrics in what Prometheus reads. */
export function metricsIn(scrape: string): readonly string[] {
  return scrape.match(/^lodestone_\w+/gm) ?? [];
}
