/** The loop's world in tests: a scripted model, a computer without a browser, and a memory of what was kept. */
import { ActionProblem } from '../../../activities/computer-use/actions.ts';
import { firstCheckpoint, type Checkpoint } from '../../../activities/computer-use/loop/checkpoint.ts';
import type { Answer, LoopTask, LoopPorts } from '../../../activities/computer-use/loop/loop.ts';
import type { ModelRequest, ModelResponse } from '../../../activities/ports.ts';
import { approvalPolicy } from '../../../workflows/contract/computer-use/approvals.ts';
import { addUsage, noUsage } from '../../../workflows/contract/usage.ts';
import { FakeComputer } from './fake-computer.ts';

export const task: LoopTask = {
  goal: 'find it',
  model: 'm',
  tool: 'computer',
  display: { width: 1024, height: 768 },
  budget: { iterations: 100, seconds: 900, usd: null },
  outputSchema: null,
  approvals: approvalPolicy(undefined),
  files: [],
};

/** Names of the files that may be handed to a page. */
export const offered = ['cv.pdf', 'photo.png'];

/** A world with a scripted model; a crash is thrown when the kept checkpoint is the one that a test names. */
export function scripted(
  responses: readonly ModelResponse[],
  options: { crashWhen?: (checkpoint: Checkpoint) => boolean; sameBrowser?: boolean } = {},
) {
  const computer = new FakeComputer();
  const requests: ModelRequest[] = [];
  const kept: Checkpoint[] = [];
  const warnings: string[] = [];
  const answered = new Map<number, Answer>();
  let clock = 0;
  let spent = noUsage;
  const ports: LoopPorts = {
    computer,
    sameBrowser: options.sameBrowser ?? false,
    ask: async (request, { iteration, screen }) => {
      const before = answered.get(iteration);
      if (before !== undefined) return before;
      requests.push(request);
      const response = responses[iteration - 1];
      if (response === undefined) throw new Error(`the script has no answer ${iteration}`);
      spent = addUsage(spent, response.usage);
      const answer = { response, screen, spent };
      answered.set(iteration, answer);
      return answer;
    },
    keep: async (checkpoint) => {
      kept.push(structuredClone(checkpoint));
      if (options.crashWhen?.(checkpoint) === true) throw new Error('crash');
    },
    look: async (iteration) => {
      const hash = (await computer.screenshot()).bytes.toString();
      return { imageUrl: `data:${hash}`, name: `screen-${iteration}`, hash };
    },
    provide: async (names) => {
      for (const name of names) {
        if (!offered.includes(name)) throw new ActionProblem(`no file ${name} is offered`);
        computer.files.push(name);
      }
    },
    takeDownloads: async () => ({ kept: [], notes: [], drop: [] }),
    dropDownloads: async () => undefined,
    person: async () => null,
    shows: async (hash) => (await computer.screenshot()).bytes.toString() === hash,
    verify: () => undefined,
    review: async () => undefined,
    warn: async (message) => void warnings.push(message),
    now: () => (clock += 100),
    signal: new AbortController().signal,
  };
  /** The state from which a later attempt continues. */
  const newest = (): Checkpoint => kept.at(-1) ?? firstCheckpoint;
  return { ports, computer, requests, kept, warnings, newest };
}

/** What a request says, with the call that it answers in brackets. */
export function textsOf(request: ModelRequest | undefined): string {
  return request?.input.map((part) => ('callId' in part ? `[${part.callId}]` : part.text)).join('\n') ?? '';
}
