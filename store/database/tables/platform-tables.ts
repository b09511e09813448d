/**
 * The tables that belong to the installation as a whole. Every other table belongs to tenants, each of its rows to one:
 * a table that is new and not named here is bound to its tenant, or fails its first test.
 */
const platformTables = [
  'alerts',
  'content_holds',
  'limits_audit',
  'limits_proposals',
  'limits_rollout',
  'limits_versions',
  'parts',
  'provider_events',
  'rate_limiters',
  'run_rollup_state',
  'shared_keys',
  'switches',
  'worker_beats',
] as const;
export type PlatformTable = (typeof platformTables)[number];

const names: ReadonlySet<string> = new Set(platformTables);

export function isTenantTable(name: string): boolean {
  return !names.has(name);
}
