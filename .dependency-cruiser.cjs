// The arrows of the architecture: contract <- store <- activities <- workers, contract <- workflows,
// contract + store <- client; threads <- activities, client; traces <- client, workers; demo, bench, chaos and test may import anything, and nothing imports them.
const only = (name, from, allowed) => ({
  name,
  severity: 'error',
  from: { path: from.path, pathNot: from.pathNot },
  to: {
    path: '^(workflows|activities|store|threads|traces|workers|client|demo|bench|chaos|test|scripts)/',
    pathNot: allowed,
  },
});

module.exports = {
  forbidden: [
    only('contract-imports-nothing-of-ours', { path: '^workflows/contract/' }, '^workflows/contract/'),
    {
      name: 'workflows-import-values-only-from-themselves-and-contract',
      severity: 'error',
      from: { path: '^workflows/', pathNot: '^workflows/contract/' },
      to: {
        path: '^(activities|store|threads|traces|workers|client|demo|bench|chaos|test|scripts)/',
        dependencyTypesNot: ['type-only'],
      },
    },
    only('store-imports-contract', { path: '^store/' }, '^(store|workflows/contract)/'),
    only('threads-stand-alone', { path: '^threads/' }, '^threads/'),
    only('traces-stand-alone', { path: '^traces/' }, '^traces/'),
    only(
      'activities-import-store-threads-and-contract',
      { path: '^activities/' },
      '^(activities|store|threads|workflows/contract)/',
    ),
    only(
      'workers-import-activities-store-contract-and-the-workflow-bundle',
      { path: '^workers/' },
      '^(workers|activities|store|traces|workflows)/',
    ),
    only(
      'client-imports-store-threads-and-contract',
      { path: '^client/', pathNot: '^client/examples/' },
      '^(client|store|threads|traces|workflows/contract)/',
    ),
    only('scripts-stand-alone', { path: '^scripts/' }, '^scripts/'),
    { name: 'no-circles', severity: 'error', from: {}, to: { circular: true, dependencyTypesNot: ['type-only'] } },
    {
      name: 'openai-only-in-its-adapter',
      severity: 'error',
      from: {
        path: '^(workflows|activities|store|workers|client)/',
        pathNot: '^(activities/llm/(openai-|chat/)|client/api/platform/provider-events[.]ts$)',
      },
      to: { path: 'node_modules/openai' },
    },
    {
      name: 'opentelemetry-only-where-traces-are-made',
      severity: 'error',
      from: {
        path: '^(workflows|activities|store|workers|client)/',
        pathNot: '^workers/workflow-bundle/trace-interceptors[.]ts$',
      },
      to: { path: 'node_modules/(@opentelemetry|@temporalio/interceptors-opentelemetry)' },
    },
    {
      name: 'playwright-only-in-its-adapters',
      severity: 'error',
      from: {
        path: '^(workflows|activities|store|workers|client)/',
        pathNot: '^activities/(computer-use/playwright/|chromium/)',
      },
      to: { path: 'node_modules/playwright-core' },
    },
    {
      name: 'the-loop-is-pure',
      severity: 'error',
      from: { path: '^activities/computer-use/loop/' },
      to: {
        path: 'node_modules/(@temporalio|playwright-core|openai)|^activities/computer-use/(playwright|egress|host)/',
      },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsConfig: { fileName: 'tsconfig.json' },
    tsPreCompilationDeps: true,
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'require', 'node', 'default', 'types'],
    },
  },
};
