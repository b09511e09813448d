// Counts for the last line of CI. A failure outside of a test (a file that can't be loaded, an error outside of
// all tests, a set-up that failed) counts too: a failed run never says "0 failed".

/**
 * @typedef {object} VitestReport the parts of vitest's JSON report that are used
 * @property {number} [numPassedTests]
 * @property {number} [numFailedTests]
 * @property {number} [numPendingTests] skipped ones
 * @property {number} [numTodoTests]
 * @property {{ status?: string, assertionResults?: { status?: string }[] }[]} [testResults] one for each file
 */

/**
 * @param {string | undefined} reportText nothing when the run ended before it was written
 * @param {number} exitCode of `npm test`
 * @returns {{ line: string, exitCode: number }}
 */
export function summarize(reportText, exitCode) {
  const report = parse(reportText);
  if (report === undefined) return { line: '0 passed, 1 failed', exitCode: exitCode || 1 };
  const failed = (report.numFailedTests ?? 0) + filesThatFailedWithoutTest(report);
  const passed = report.numPassedTests ?? 0;
  const skipped = (report.numPendingTests ?? 0) + (report.numTodoTests ?? 0);
  const shown = exitCode !== 0 && failed === 0 ? 1 : failed;
  return {
    line: `${passed} passed, ${shown} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`,
    exitCode: exitCode === 0 && failed > 0 ? 1 : exitCode,
  };
}

/** @param {string | undefined} text @returns {VitestReport | undefined} */
function parse(text) {
  try {
    return text === undefined ? undefined : JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** @param {VitestReport} report */
function filesThatFailedWithoutTest({ testResults = [] }) {
  return testResults.filter(
    ({ status, assertionResults = [] }) =>
      status === 'failed' && !assertionResults.some((assertion) => assertion.status === 'failed'),
  ).length;
}
