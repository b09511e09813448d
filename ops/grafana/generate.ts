/** Writes the dashboards as JSON for Grafana: `npm run generate:dashboards`. With `--check` it only says whether they are in step. */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { dashboardJson } from './source/build.ts';
import { resources } from './source/resources.ts';
import { times } from './source/times.ts';

const checks = process.argv.includes('--check');
for (const dashboard of [times, resources]) {
  const file = join(import.meta.dirname, 'dashboards', `${dashboard.uid}.json`);
  const json = dashboardJson(dashboard);
  if (!checks) {
    await writeFile(file, json);
  } else if ((await readFile(file, 'utf8').catch(() => '')) !== json) {
    process.stderr.write(`${file} is not in step with its source: run npm run generate:dashboards\n`);
    process.exitCode = 1;
  }
}
