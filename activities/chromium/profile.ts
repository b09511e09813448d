/** The profile of one Chromium process: a separate folder, for settings that have no command-line flag. */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** 2 means "never": otherwise Chromium would connect to a link's target while the navigation is still being checked. */
const preferences = { net: { network_prediction_options: 2 } };

/** Creates a profile and returns its folder. */
export async function makeProfile(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'lodestone-chromium-'));
  await mkdir(join(folder, 'Default'));
  await writeFile(join(folder, 'Default', 'Preferences'), JSON.stringify(preferences));
  return folder;
}

/** To be called after the browser has ended. Never throws: a leftover folder does no harm. */
export async function removeProfile(folder: string): Promise<void> {
  await rm(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 }).catch(() => undefined);
}
