/**
 * The tables that belong to the installation as a whole. Every other table belongs to tenants, each of its rows to one:
 * a table that is new and not named here is bound to its tenant, or fails its first test.
 */
const platformTables: ReadonlySet<string> = new Set([
  'alerts',
  'parts',
  'provider_events',
  'rate_limiters',
  'switches',
]);

export function isTenantTable(name: string): boolean {
  return !platformTables.has(name);
}
