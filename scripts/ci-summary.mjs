// The last line of a CI run, "N passed, N failed", from vitest's JSON report and the exit code of `npm test`:
//   node scripts/ci-summary.mjs REPORT_FILE EXIT_CODE
// Its own exit code is that of the tests, but never 0 when no report shows that there were any.
import { existsSync, readFileSync } from 'node:fs';
import { summarize } from './toolchain/test-summary.mjs';

const [reportFile = '', exitCode = '1'] = process.argv.slice(2);
const report = existsSync(reportFile) ? readFileSync(reportFile, 'utf8') : undefined;
const summary = summarize(report, Number(exitCode));
process.stdout.write(`\n${summary.line}\n`);
process.exitCode = summary.exitCode;
