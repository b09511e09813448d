/** All tools, by name. A new one is its file and its line here. */
import { analyze } from './definitions/analyze.ts';
import { challenge } from './definitions/challenge.ts';
import { chat } from './definitions/chat.ts';
import { codereview } from './definitions/codereview.ts';
import { consensus } from './definitions/consensus.ts';
import { debug } from './definitions/debug.ts';
import { docgen } from './definitions/docgen.ts';
import { planner } from './definitions/planner.ts';
import { precommit } from './definitions/precommit.ts';
import { refactor } from './definitions/refactor.ts';
import { secaudit } from './definitions/secaudit.ts';
import { testgen } from './definitions/testgen.ts';
import { thinkdeep } from './definitions/thinkdeep.ts';
import { tracer } from './definitions/tracer.ts';
import { listModels, status } from './local.ts';
import type { Tool } from './tool.ts';

export const tools: readonly Tool[] = [
  chat,
  debug,
  analyze,
  thinkdeep,
  codereview,
  refactor,
  secaudit,
  testgen,
  precommit,
  planner,
  docgen,
  tracer,
  consensus,
  challenge,
  listModels,
  status,
];

export function findTool(name: string): Tool | undefined {
  return tools.find((tool) => tool.name === name);
}
