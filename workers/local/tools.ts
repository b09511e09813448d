/** The tools that the set-up found, from its record; each may be missing, with how to get it. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';

const ToolSchema = z.union([z.object({ path: z.string() }), z.object({ missing: z.string() })]).optional();
const ToolsSchema = z.object({
  temporalCli: ToolSchema,
  chromium: ToolSchema,
  testServer: ToolSchema,
  prometheus: ToolSchema,
  alertmanager: ToolSchema,
  ffmpeg: ToolSchema,
  python: ToolSchema,
  pythonPackages: ToolSchema,
});

/** The path of a tool. Throws with a sentence that says how to get it. */
export function toolPath(name: keyof z.infer<typeof ToolsSchema>): string {
  const record = join(import.meta.dirname, '..', '..', '.lodestone', 'tools.json');
  const tool = ToolsSchema.parse(JSON.parse(readFileSync(record, 'utf8')))[name];
  if (tool !== undefined && 'path' in tool) return tool.path;
  throw new Error(tool?.missing ?? `${name} is not there: run npm run setup.`);
}
