// The tools that are not npm packages, and their titles.
import { bubblewrap } from './bubblewrap.mjs';
import { chromium } from './chromium.mjs';
import { ffmpeg } from './ffmpeg.mjs';
import { fontSet } from '../fonts/font-set.mjs';
import { postgres } from './postgres.mjs';
import { alertmanager, prometheus } from './prometheus.mjs';
import { python } from './python.mjs';
import { pythonPackages } from './python-packages.mjs';
import { temporalCli } from './temporal-cli.mjs';
import { testServer } from './test-server.mjs';

/**
 * @typedef {object} Tool
 * @property {'temporalCli' | 'chromium' | 'testServer' | 'bubblewrap' | 'python' | 'pythonPackages' | 'prometheus' | 'alertmanager' | 'ffmpeg' | 'postgres' | 'fonts'} key in the record
 * @property {string} name on the command line (`--skip`)
 * @property {string} title for people
 * @property {string} [setting] the environment variable that names its path
 * @property {string} pinned the version that a download gets; a change of it makes the record void
 * @property {(environment: Record<string, string | undefined>) => boolean} required for running jobs at all
 * @property {string} use what it is needed for
 * @property {string} wayToGetIt
 * @property {(surroundings: import('../surroundings.mjs').Surroundings) => import('../packages/first-source.mjs').Source[]} sources in their order
 */

/** @type {Tool[]} */
export const TOOLS = [
  temporalCli,
  chromium,
  testServer,
  bubblewrap,
  python,
  pythonPackages,
  prometheus,
  alertmanager,
  ffmpeg,
  postgres,
  fontSet,
];

/**
 * The one sentence about a tool that is not there.
 * @param {Tool} tool
 * @param {string[]} reasons what each source said
 */
export function missingSentence(tool, reasons) {
  const tried = reasons.length > 0 ? ` Tried: ${reasons.join('; ')}.` : '';
  return `${tool.title} is missing (for ${tool.use}): ${tool.wayToGetIt}.${tried}`;
}
