// Chromium: the browser of jobs, which also makes PDFs. Any recent version works, so a browser of the machine is
// preferred to a download of 170 MB. Without fonts a page shows empty boxes, so fonts are checked too.
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { ensureFonts } from '../fonts/fonts.mjs';
import { fromPath, fromSetting } from '../packages/local-sources.mjs';
import { lastOutput } from '../run-command.mjs';

const SETTING = 'LODESTONE_CHROMIUM';
const NAMES_ON_PATH = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];
const MAC_CHROME = '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome';

// The whole browser before the headless shell, which can't be watched.
const PLAYWRIGHT_FOLDERS = [/^chromium-(\d+)$/, /^chromium_headless_shell-(\d+)$/];
const PLAYWRIGHT_EXECUTABLES = [
  'chrome-linux64/chrome',
  'chrome-linux-arm64/chrome',
  'chrome-linux/chrome',
  'chrome-headless-shell-linux64/chrome-headless-shell',
  'chrome-headless-shell-linux-arm64/chrome-headless-shell',
  'chrome-linux/headless_shell',
  'chrome-mac-arm64/Google Chrome for Testing.app/Contents/MacOS/Google Chrome for Testing',
  'chrome-mac-x64/Google Chrome for Testing.app/Contents/MacOS/Google Chrome for Testing',
  'chrome-mac/Chromium.app/Contents/MacOS/Chromium',
];

/**
 * @typedef {import('../surroundings.mjs').Surroundings} Surroundings
 * @typedef {import('../packages/first-source.mjs').Source} Source
 * @typedef {import('../packages/first-source.mjs').Answer} Answer
 */

/** @type {import('./tools.mjs').Tool} */
export const chromium = {
  key: 'chromium',
  name: 'chromium',
  title: 'Chromium',
  setting: SETTING,
  pinned: 'any',
  required: () => true,
  use: 'computer_use steps and PDFs',
  wayToGetIt: `install your distribution's chromium, or run "npx playwright-core install chromium", or set ${SETTING} to its path`,
  sources(surroundings) {
    const inspect = (/** @type {string} */ path) => inspectChromium(surroundings, path);
    const sources = [
      fromSetting(surroundings, SETTING, inspect),
      playwrightsOwn(surroundings),
      fromPath(surroundings, NAMES_ON_PATH, inspect),
      ...(surroundings.platform === 'darwin' ? [macApplication(inspect)] : []),
      playwrightInstall(surroundings),
      distributionPackage(surroundings),
    ];
    return sources.map((source) => withFonts(surroundings, source));
  },
};

/**
 * Playwright's browsers that are already here, the newest first.
 * @param {Pick<Surroundings, 'environment' | 'home' | 'platform'>} surroundings
 * @returns {string[]}
 */
export function playwrightBrowsers({ environment, home, platform }) {
  const shared = platform === 'darwin' ? join(home, 'Library', 'Caches') : join(home, '.cache');
  const folder = environment['PLAYWRIGHT_BROWSERS_PATH'] || join(shared, 'ms-playwright');
  const names = existsSync(folder) ? readdirSync(folder) : [];
  return PLAYWRIGHT_FOLDERS.flatMap((pattern) => {
    const revision = (/** @type {string} */ name) => Number(pattern.exec(name)?.[1]);
    return names.filter((name) => pattern.test(name)).sort((left, right) => revision(right) - revision(left));
  })
    .flatMap((name) => PLAYWRIGHT_EXECUTABLES.map((executable) => join(folder, name, executable)))
    .filter((path) => existsSync(path));
}

/** @param {Surroundings} surroundings @returns {Source} */
function playwrightsOwn(surroundings) {
  return {
    name: "Playwright's cache",
    reach: 'local',
    ask: () => askPlaywrightCache(surroundings, "Playwright's cache"),
  };
}

/** @param {Surroundings} surroundings @param {string} source @returns {Promise<Answer>} */
async function askPlaywrightCache(surroundings, source) {
  const problems = [];
  for (const path of playwrightBrowsers(surroundings)) {
    const inspected = await inspectChromium(surroundings, path);
    if ('version' in inspected) return { found: { path, version: inspected.version, source } };
    problems.push(inspected.problem);
  }
  return { declined: problems.join('; ') };
}

/** @param {import('../packages/local-sources.mjs').Inspect} inspect @returns {Source} */
function macApplication(inspect) {
  return {
    name: 'Google Chrome',
    reach: 'local',
    async ask() {
      const inspected = existsSync(MAC_CHROME) ? await inspect(MAC_CHROME) : { problem: '' };
      return 'version' in inspected
        ? { found: { path: MAC_CHROME, version: inspected.version, source: 'Google Chrome' } }
        : { declined: inspected.problem };
    },
  };
}

/** @param {Surroundings} surroundings @returns {Source} */
function playwrightInstall(surroundings) {
  return {
    name: 'playwright install',
    reach: 'remote',
    async ask() {
      if (!(await surroundings.packagesReady)) return { declined: 'the npm packages are missing' };
      surroundings.report('Chromium: asking Playwright for its own (170 MB) …');
      const program = join(surroundings.root, 'node_modules', 'playwright-core', 'cli.js');
      const result = await surroundings.run(process.execPath, [program, 'install', '--no-shell', 'chromium'], {
        cwd: surroundings.root,
        timeout: 900_000,
      });
      return result.ok ? askPlaywrightCache(surroundings, 'playwright install') : { declined: lastOutput(result) };
    },
  };
}

/** @param {Surroundings} surroundings @returns {Source} */
function distributionPackage(surroundings) {
  return {
    name: 'distribution package',
    reach: 'remote',
    async ask() {
      const problem = await surroundings.distribution.install(['chromium']);
      if (problem !== undefined) return { declined: problem };
      const inspect = (/** @type {string} */ path) => inspectChromium(surroundings, path);
      const answer = await fromPath(surroundings, NAMES_ON_PATH, inspect).ask();
      return 'found' in answer ? { found: { ...answer.found, source: "the distribution's package" } } : answer;
    },
  };
}

/** @param {Surroundings} surroundings @param {Source} source @returns {Source} */
function withFonts(surroundings, source) {
  return {
    ...source,
    async ask() {
      const answer = await source.ask();
      if (!('found' in answer)) return answer;
      const warning = await ensureFonts(surroundings);
      return warning === undefined ? answer : { found: { ...answer.found, warning } };
    },
  };
}

/**
 * @param {Pick<Surroundings, 'run'>} surroundings
 * @param {string} path
 * @returns {Promise<{ version: string } | { problem: string }>}
 */
async function inspectChromium({ run }, path) {
  const result = await run(path, ['--version'], { timeout: 30_000 });
  const version = /\d+\.\d+\.\d+\.\d+/.exec(result.output)?.[0];
  return result.ok && version ? { version } : { problem: `--version failed: ${lastOutput(result)}` };
}
