/** The profile of one run of Chromium: a folder of its own, for settings that Chromium takes by no flag. */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/**
 * 2 is "never": Chromium would else connect to where a link leads while it is still being judged whether the tab may go
 * there.
 */
const preferences = { net: { network_prediction_options: 2 } };

/** Makes a new profile and returns its folder. */
export async function makeProfile(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'lodestone-chromium-'));
  await mkdir(join(folder, 'Default'));
  await writeFile(join(folder, 'Default', 'Preferences'), JSON.stringify(preferences));
  return folder;
}

/** To be called when its browser is no more. Never throws: a folder that is left over harms nobody. */
export async function removeProfile(folder: string): Promise<void> {
  await rm(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 }).catch(() => undefined);
}
