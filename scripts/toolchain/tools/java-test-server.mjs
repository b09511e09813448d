// The time-skipping test server from Maven Central, for where Temporal's own download is not reached: its jars, and a
// script around them that can be called like the native program. The SDK waits 5 s for it, always; a JVM on a busy
// machine needs half of that, so its classes are archived once in the form that the JVM loads fastest (AppCDS).
import { chmodSync, existsSync, mkdirSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createStagingFolder, moveIntoPlace, readCachedTool, writeOrigin } from '../cache.mjs';
import { findProgram } from '../find-program.mjs';
import { tryServer } from '../listening.mjs';
import { secondsSince } from '../progress.mjs';
import { lastOutput } from '../run-command.mjs';

const ARTIFACT = 'temporal-test-server';
const MAVEN_PLUGIN = 'org.apache.maven.plugins:maven-dependency-plugin:3.8.1';
const EXECUTABLE = 'temporal-test-server';
const CLASS_ARCHIVE = 'classes.jsa';
const MAIN_CLASS = 'io.temporal.testserver.TestServer';
// Both options make the start faster: only the simple compiler, and a garbage collector without its own threads.
const JVM_OPTIONS = '-XX:TieredStopAtLevel=1 -XX:+UseSerialGC';
const SDK_START_LIMIT = 5_000;
// The first start, without archive, on a machine that is busy with the rest of the set-up.
const FIRST_START_WITHIN = 60_000;

/** @typedef {import('../surroundings.mjs').Surroundings} Surroundings */

/**
 * @param {Surroundings} surroundings
 * @param {string} folder where it is to end up
 * @param {string} version
 * @returns {import('../packages/first-source.mjs').Source}
 */
export function mavenSource(surroundings, folder, version) {
  return {
    name: `Maven io.temporal:${ARTIFACT}`,
    reach: 'remote',
    async ask() {
      const problem = (await ensureJava(surroundings)) ?? (await copyJars(surroundings, folder, version));
      if (problem !== undefined) return { declined: problem };
      const executable = join(folder, EXECUTABLE);
      surroundings.report('Time-skipping test server: preparing a fast start …');
      const startProblem = await archiveClasses(executable, folder, surroundings.environment);
      if (startProblem !== undefined) return { declined: startProblem };
      const tried = await tryServer(executable, { environment: surroundings.environment, within: FIRST_START_WITHIN });
      if ('problem' in tried) return { declined: tried.problem };
      writeOrigin(folder, {
        executable: EXECUTABLE,
        version,
        source: `Maven io.temporal:${ARTIFACT}`,
        needsProgram: 'java',
        startMilliseconds: tried.startMilliseconds,
        ...slowStartWarning(tried.startMilliseconds),
      });
      const found = readCachedTool(folder);
      return found ? { found } : { declined: 'it vanished from the cache' };
    },
  };
}

/** @param {number} startMilliseconds */
export function slowStartWarning(startMilliseconds) {
  return startMilliseconds < SDK_START_LIMIT
    ? {}
    : { warning: `it took ${startMilliseconds} ms to listen, and the SDK waits ${SDK_START_LIMIT} ms only` };
}

/** @param {Surroundings} surroundings @returns {Promise<string | undefined>} */
async function ensureJava({ environment, run, distribution }) {
  const java = findProgram('java', environment);
  // On a Mac without Java there is a `java` command that only prints where to get Java.
  const hasJava = java !== undefined && (await run(java, ['-version'], { timeout: 30_000 })).ok;
  const missing = [
    ...(hasJava ? [] : ['default-jre-headless']),
    ...(findProgram('mvn', environment) === undefined ? ['maven'] : []),
  ];
  if (missing.length === 0) return undefined;
  const problem = await distribution.install(missing);
  return problem === undefined ? undefined : `it needs java and mvn: ${problem}`;
}

/**
 * The jars of the test server and all that it needs, and the script.
 * @param {Surroundings} surroundings
 * @param {string} folder
 * @param {string} version
 * @returns {Promise<string | undefined>} why not
 */
async function copyJars({ cacheFolder, run, report }, folder, version) {
  const started = Date.now();
  report(`Time-skipping test server: fetching ${ARTIFACT} ${version} from Maven Central (38 MB) …`);
  const staged = createStagingFolder(cacheFolder);
  writeFileSync(join(staged, 'pom.xml'), projectFile(version));
  const jars = join(staged, 'lib');
  mkdirSync(jars);
  const goal = [`${MAVEN_PLUGIN}:copy-dependencies`, '-DincludeScope=runtime', `-DoutputDirectory=${jars}`];
  const fetched = await run('mvn', ['-B', '-q', '--strict-checksums', ...goal], { cwd: staged, timeout: 900_000 });
  if (!fetched.ok) return `mvn: ${lastOutput(fetched)}`;
  const script = join(staged, EXECUTABLE);
  writeFileSync(script, startScript(readdirSync(jars).filter((name) => name.endsWith('.jar'))));
  chmodSync(script, 0o755);
  moveIntoPlace(staged, folder);
  report(`Time-skipping test server: fetched in ${secondsSince(started)}`);
  return undefined;
}

/** @param {string} version */
function projectFile(version) {
  return `<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>lodestone</groupId>
  <artifactId>test-server-classpath</artifactId>
  <version>1</version>
  <packaging>pom</packaging>
  <dependencies>
    <dependency>
      <groupId>io.temporal</groupId>
      <artifactId>${ARTIFACT}</artifactId>
      <version>${version}</version>
    </dependency>
  </dependencies>
</project>
`;
}

/**
 * Finds its jars beside itself. They are named one by one in a fixed order, because the JVM takes the class archive
 * only for the class path that it was made with. `-Xlog:disable` keeps a JVM that can't use the archive (another
 * version, by now) from saying so at each start; it then just starts more slowly.
 * @param {string[]} jars
 */
export function startScript(jars) {
  const classPath = jars
    .sort()
    .map((jar) => `$here/lib/${jar}`)
    .join(':');
  return `#!/bin/sh
here=$(CDPATH= cd -- "$(dirname -- "$0")" && pwd)
archive="$here/${CLASS_ARCHIVE}"
if [ -f "$archive" ]; then
  exec java ${JVM_OPTIONS} -Xlog:disable -Xshare:auto "-XX:SharedArchiveFile=$archive" -cp "${classPath}" ${MAIN_CLASS} "$@"
fi
exec java ${JVM_OPTIONS} -cp "${classPath}" ${MAIN_CLASS} "$@"
`;
}

/**
 * Makes the archive by letting the server start and end once. It is an improvement, not a condition: a JVM before 13
 * does not know the option and ends at once, and the server is then tried without. One that stays alive and does not
 * listen would not do so a second time either.
 * @param {string} executable
 * @param {string} folder
 * @param {Record<string, string | undefined>} environment
 * @returns {Promise<string | undefined>} why the server is of no use here
 */
async function archiveClasses(executable, folder, environment) {
  const unfinished = join(folder, `${CLASS_ARCHIVE}.new`);
  const tried = await tryServer(executable, {
    // In quotes, for a folder with spaces in its name.
    environment: { ...environment, JAVA_TOOL_OPTIONS: `"-XX:ArchiveClassesAtExit=${unfinished}"` },
    within: FIRST_START_WITHIN,
    linger: 500,
  });
  if (existsSync(unfinished)) renameSync(unfinished, join(folder, CLASS_ARCHIVE));
  rmSync(unfinished, { force: true });
  return 'problem' in tried && !tried.ended ? tried.problem : undefined;
}
