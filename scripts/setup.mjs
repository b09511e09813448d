// Installs everything that the demo, the tests and the application need. It runs on plain Node without packages:
//   node scripts/setup.mjs [--if-needed] [--minimal] [--skip NAME]…
// `--if-needed` is for use before another command: it is quick when everything is there. `--skip` leaves out a tool that the
// command does not use: temporal-cli, chromium, test-server, bubblewrap, python, python-packages, prometheus, alertmanager,
// ffmpeg, postgres, fonts. `--minimal` leaves out the fonts for other than Latin, Greek and Cyrillic letters (145 MB), and no later `--if-needed` gets them.
const OLDEST_NODE = { major: 20, minor: 12 };

const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
if (major < OLDEST_NODE.major || (major === OLDEST_NODE.major && minor < OLDEST_NODE.minor)) {
  process.stderr.write(
    `[setup] Node ${process.versions.node} is too old: ${OLDEST_NODE.major}.${OLDEST_NODE.minor} or later is needed (https://nodejs.org).\n`,
  );
  process.exit(1);
}

// Imported after the check of the version: on an older Node these modules would fail with a less helpful message.
const { parseArgs } = await import('node:util');
const { hostSurroundings } = await import('./toolchain/surroundings.mjs');
const { setUp } = await import('./toolchain/set-up.mjs');
const { reportSandbox } = await import('./toolchain/sandbox.mjs');

const { values } = parseArgs({
  options: {
    'if-needed': { type: 'boolean', default: false },
    minimal: { type: 'boolean', default: false },
    skip: { type: 'string', multiple: true, default: [] },
  },
});
const started = await setUp(hostSurroundings(), {
  ifNeeded: values['if-needed'],
  minimal: values.minimal,
  skip: values.skip,
});
if (started && !values['if-needed']) await reportSandbox(hostSurroundings());
process.exitCode = started ? 0 : 1;
