import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { PROJECT_ROOT } from '../../scripts/toolchain/surroundings.mjs';
import { summarize } from '../../scripts/toolchain/test-summary.mjs';
import { placeProgram } from './surroundings-fake.ts';

const report = (counts: object) => JSON.stringify({ numPassedTests: 0, numFailedTests: 0, ...counts });

/** Runs the real script in a copy, with a fake npm. */
function runWith(npmScript: string) {
  const folder = mkdtempSync(join(tmpdir(), 'lodestone-ci-'));
  for (const file of ['.ci/run', 'scripts/ci-summary.mjs', 'scripts/toolchain/test-summary.mjs']) {
    mkdirSync(dirname(join(folder, file)), { recursive: true });
    cpSync(join(PROJECT_ROOT, file), join(folder, file));
  }
  placeProgram(folder, 'bin/npm', `#!/bin/sh\n${npmScript}\n`);
  const path = `${join(folder, 'bin')}:${process.env['PATH'] ?? ''}`;
  const { status, stdout } = spawnSync('bash', [join(folder, '.ci/run')], {
    encoding: 'utf8',
    env: { ...process.env, PATH: path },
  });
  return { status, lastLine: stdout.trimEnd().split('\n').at(-1) };
}

describe('the closing line of CI', () => {
  it('counts what passed and failed', () => {
    expect(summarize(report({ numPassedTests: 12 }), 0)).toEqual({ line: '12 passed, 0 failed', exitCode: 0 });
    const failing = report({
      numPassedTests: 11,
      numFailedTests: 1,
      testResults: [{ status: 'failed', assertionResults: [{ status: 'failed' }] }],
    });
    expect(summarize(failing, 1)).toEqual({ line: '11 passed, 1 failed', exitCode: 1 });
  });

  it('names skipped ones when there are any, those still to be written included', () => {
    const skipping = report({ numPassedTests: 3, numPendingTests: 2, numTodoTests: 1 });
    expect(summarize(skipping, 0).line).toBe('3 passed, 0 failed, 3 skipped');
  });

  it('counts a file that could not be loaded as a failure', () => {
    const broken = report({
      numPassedTests: 3,
      testResults: [{ status: 'failed', assertionResults: [] }, { status: 'passed' }],
    });
    expect(summarize(broken, 1).line).toBe('3 passed, 1 failed');
  });

  it('never reads "0 failed" when the run failed outside of all tests', () => {
    expect(summarize(report({ numPassedTests: 3 }), 1)).toEqual({ line: '3 passed, 1 failed', exitCode: 1 });
  });

  it('says that one failed, and fails, when there is no report or only a torn one', () => {
    expect(summarize(undefined, 7)).toEqual({ line: '0 passed, 1 failed', exitCode: 7 });
    expect(summarize(undefined, 0)).toEqual({ line: '0 passed, 1 failed', exitCode: 1 });
    expect(summarize('{"numPassed', 0)).toEqual({ line: '0 passed, 1 failed', exitCode: 1 });
  });
});

describe('.ci/run', () => {
  it('runs npm test and ends with its counts and its exit code', () => {
    const passing = `[ "$*" = test ] && echo '${report({ numPassedTests: 2 })}' > "$LODESTONE_TEST_REPORT"`;
    expect(runWith(passing)).toEqual({ status: 0, lastLine: '2 passed, 0 failed' });
    expect(runWith(`${passing}; exit 3`)).toEqual({ status: 3, lastLine: '2 passed, 1 failed' });
  });

  it('fails with a count when the set-up failed before any test', () => {
    expect(runWith('echo "npm error"; exit 1')).toEqual({ status: 1, lastLine: '0 passed, 1 failed' });
  });
});
