/** `npm run conformance:mcp`: passed and failed checks of each scenario; exit code 1 when one failed. */
import { runSuite } from './suite.ts';

const scenarios = await runSuite();
for (const { name, revision, passed, failed, leftOut } of scenarios) {
  const isLeftOut = passed === 0 && failed.length === 0 && leftOut.length > 0;
  const mark = isLeftOut ? 'left out' : failed.length === 0 ? 'passed' : 'FAILED';
  process.stdout.write(`${revision}  ${mark.padEnd(8)}  ${name}: ${passed} passed, ${failed.length} failed\n`);
  for (const line of [...failed, ...leftOut.map((reason) => `left out: ${reason}`)]) {
    process.stdout.write(`${' '.repeat(22)}${line}\n`);
  }
}
const passed = scenarios.reduce((sum, scenario) => sum + scenario.passed, 0);
const failed = scenarios.reduce((sum, scenario) => sum + scenario.failed.length, 0);
process.stdout.write(`${passed} checks passed, ${failed} failed\n`);
process.exitCode = failed === 0 ? 0 : 1;
