/** The browser of this machine: from the settings, otherwise the one that the set-up found. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import type { ChromiumSettings } from '../activities/chromium/launch.ts';
import type { WorkerSettings } from './config.ts';

const ToolSchema = z.object({ path: z.string() }).optional().catch(undefined);
const ToolsSchema = z.object({ chromium: ToolSchema, fonts: ToolSchema });

/** Without a path, Playwright looks for its own browser. */
export function chromiumSettings(settings: WorkerSettings): ChromiumSettings {
  return {
    executablePath: settings.LODESTONE_CHROMIUM ?? recordedTools().chromium?.path,
    sandbox: settings.LODESTONE_CHROMIUM_SANDBOX,
    fontconfigFile: fontconfigFile(),
  };
}

/**
 * Fonts that the set-up unpacked come with a configuration; for the machine's own fonts the record names a font, and no
 * configuration is needed.
 */
export function fontconfigFile(): string | undefined {
  const path = recordedTools().fonts?.path;
  return path?.endsWith('.conf') === true ? path : undefined;
}

function recordedTools(): z.infer<typeof ToolsSchema> {
  try {
    const record = readFileSync(join(import.meta.dirname, '..', '.lodestone', 'tools.json'), 'utf8');
    return ToolsSchema.parse(JSON.parse(record));
  } catch {
    return {};
  }
}
