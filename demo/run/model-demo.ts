/** What the demos with a model server have in common: their options, the start of the product's parts, and their end. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { startStack, type Stack, type StackRequest } from '../../workers/local/stack.ts';
import { stopRequest } from '../../workers/local/stop-request.ts';
import type { Brain } from '../model-server/brains/brain.ts';
import { createDemoBrain } from '../model-server/brains/demo-brain.ts';
import { startModelServer, type ModelServer } from '../model-server/server.ts';
import { freePorts } from './free-ports.ts';

export interface ModelDemo {
  /** The part of the command after `demo:`. */
  readonly name: string;
  readonly help: string;
  /** The demo's own when left out. */
  readonly brain?: Brain;
  /** The queues that get a worker; the usual ones when left out. */
  readonly queues?: StackRequest['queues'];
  /** Whether all parts go on after the checks, so that people can look at the pages; not with `--json`. */
  readonly staysOpen?: boolean;
  /** Settings besides those of the model server. */
  readonly environment: (model: ModelServer) => StackRequest['environment'];
  /** Does what is shown; true when every check holds. */
  readonly play: (parts: DemoParts) => Promise<boolean>;
}

export interface DemoParts {
  readonly stack: Stack;
  readonly model: ModelServer;
  readonly dataFolder: string;
  /** Whether one JSON object is the only thing on standard output. */
  readonly isJson: boolean;
}

/** Runs a demo as a command: sets the exit code, which is 0 only when every check holds. */
export async function runModelDemo(demo: ModelDemo): Promise<void> {
  try {
    process.exitCode = (await playedToTheEnd(demo)) ? 0 : 1;
  } catch (error) {
    say(error instanceof Error ? error.message : String(error));
    process.exitCode = 1;
  }
}

async function playedToTheEnd(demo: ModelDemo): Promise<boolean> {
  const { values: options } = parseArgs({
    options: {
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
  if (options.help) {
    process.stdout.write(demo.help);
    return true;
  }
  const stop = stopRequest();
  const folder = await mkdtemp(join(tmpdir(), `lodestone-demo-${demo.name}-`));
  const dataFolder = join(folder, 'data');
  const model = await startModelServer({ brain: demo.brain ?? createDemoBrain() });
  let stack: Stack | undefined;
  try {
    const [temporal = 0, temporalUi = 0, api = 0] = await freePorts(3);
    stack = await startStack({
      dataFolder,
      ports: { temporal, temporalUi, api },
      ...(demo.queues === undefined ? {} : { queues: demo.queues }),
      environment: {
        ...process.env,
        OPENAI_API_KEY: 'demo',
        OPENAI_BASE_URL: model.url,
        LODESTONE_FALLBACK_MODELS: '',
        ...demo.environment(model),
      },
      progress: say,
      onChange: (_report, sentence) => {
        if (sentence !== null) say(sentence);
      },
      stopRequest: stop,
    });
    const parts = { stack, model, dataFolder, isJson: options.json };
    const ok = await Promise.race([demo.play(parts), stack.failed, stop.asked]);
    if (ok !== undefined && demo.staysOpen === true && !options.json) {
      say('Everything keeps running until Ctrl-C.');
      await Promise.race([stop.asked, stack.failed]);
    }
    return ok === true;
  } finally {
    say('Stopping …');
    await stack?.stop();
    await model.close();
    await rm(folder, { recursive: true, force: true });
  }
}

/** For people; standard output is for results. */
export function say(line: string): void {
  process.stderr.write(`${line}\n`);
}
