// Checks the imports between the folders with dependency-cruiser. It needs the TypeScript compiler to read the files, and
// reports success when it reads none. So a run that read no modules fails here.
import { spawnSync } from 'node:child_process';

const folders = [
  'workflows',
  'activities',
  'store',
  'threads',
  'traces',
  'workers',
  'client',
  'demo',
  'bench',
  'chaos',
  'scripts',
];
const { stdout, stderr, status } = spawnSync(
  'depcruise',
  ['--config', '.dependency-cruiser.cjs', '--output-type', 'err', ...folders],
  {
    encoding: 'utf8',
  },
);
process.stdout.write(stdout);
process.stderr.write(stderr);
const modules = Number(/(\d+) modules/.exec(stdout)?.[1] ?? 0);
if (modules < 50) {
  process.stderr.write(`Only ${modules} modules were read: the check saw nothing.\n`);
  process.exitCode = 1;
} else {
  process.exitCode = status ?? 1;
}
