/** All tools, by name. A new one is its file and its line here. */
import { chat } from './definitions/chat.ts';
import { debug } from './definitions/debug.ts';
import type { Tool } from './tool.ts';

export const tools: readonly Tool[] = [chat, debug];

export function findTool(name: string): Tool | undefined {
  return tools.find((tool) => tool.name === name);
}
