// Temporal's own download service, as the SDK uses it: one address returns where the archive for this platform is and
// which file in it is wanted (sdk-core, ephemeral_server/mod.rs). Serves the CLI and the time-skipping test server.
import { chmodSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { downloadFile, downloadText } from '../download.mjs';
import { lastOutput } from '../run-command.mjs';
import { readZipEntry } from '../zip.mjs';

/** @type {Record<string, string>} */
const PLATFORMS = { linux: 'linux', darwin: 'darwin', win32: 'windows' };
/** @type {Record<string, string>} */
const ARCHITECTURES = { x64: 'amd64', arm64: 'arm64' };

/**
 * @param {{ artifact: 'cli' | 'temporal-test-server', version: string, platform: string, architecture: string }} wanted
 */
export function downloadAddress({ artifact, version, platform, architecture }) {
  const arch = ARCHITECTURES[architecture];
  const system = PLATFORMS[platform];
  if (!arch || !system) throw new Error(`Temporal has no download for ${platform} on ${architecture}`);
  return `https://temporal.download/${artifact}/v${version}?arch=${arch}&platform=${system}`;
}

/**
 * Puts the executable into the folder under the given name.
 * @param {import('../surroundings.mjs').Surroundings} surroundings
 * @param {{ artifact: 'cli' | 'temporal-test-server', version: string, title: string, folder: string, executable: string }} wanted
 */
export async function downloadFromTemporal(surroundings, { artifact, version, title, folder, executable }) {
  const address = downloadAddress({ artifact, version, ...surroundings });
  const answer = JSON.parse(await downloadText(surroundings.fetch, address));
  const { archiveUrl, fileToExtract } = answer;
  if (typeof archiveUrl !== 'string' || typeof fileToExtract !== 'string') {
    throw new TypeError('temporal.download answered in an unknown form');
  }
  const archive = join(folder, 'archive');
  await downloadFile(surroundings, archiveUrl, { file: archive, title });
  const path = join(folder, executable);
  if (new URL(archiveUrl).pathname.endsWith('.zip')) {
    writeFileSync(
      path,
      readZipEntry(readFileSync(archive), (name) => name === fileToExtract),
    );
  } else {
    const unpacked = await surroundings.run('tar', ['-xzf', archive, '-C', folder, fileToExtract]);
    if (!unpacked.ok) throw new Error(`tar: ${lastOutput(unpacked)}`);
    renameSync(join(folder, fileToExtract), path);
  }
  chmodSync(path, 0o755);
  return path;
}
