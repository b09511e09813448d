/** The machine's Chromium for tests that look at real pixels: the one that set-up found, else the system's. */
import { existsSync, readFileSync } from 'node:fs';
import { chromium, type Browser } from 'playwright-core';
import { z } from 'zod';
import { disableFeatures } from '../../../activities/chromium/features.ts';

const ToolsSchema = z.object({ chromium: z.object({ path: z.string() }) });
const tools = new URL('../../../.lodestone/tools.json', import.meta.url);

export async function launchChromium(): Promise<Browser> {
  const executablePath = existsSync(tools)
    ? ToolsSchema.parse(JSON.parse(readFileSync(tools, 'utf8'))).chromium.path
    : '/usr/bin/chromium';
  // It asks for names of its maker's by itself: none but this machine's has an address.
  const names = '--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost';
  const args = [
    disableFeatures,
    '--no-sandbox',
    '--disable-quic',
    '--disable-background-networking',
    '--no-first-run',
    names,
  ];
  return await chromium.launch({ executablePath, args });
}
