/**
 * The prompt of a round: what is wanted, the rounds so far, the code of the best and of the last one. Bounded in size, whatever the
 * code, its errors and its author's notes are. What stays the same comes first, so that a provider can keep it as a cached prefix.
 */
import { cutText, shortenText } from '../../../workflows/contract/cut-text.ts';
import type { ExperimentFailure } from '../../../workflows/contract/experiments/experiment.ts';
import type { ExperimentLimits } from '../../../workflows/contract/experiments/limits.ts';
import type { ExperimentSpec } from '../../../workflows/contract/experiments/spec.ts';
import type { RoundView } from '../../../workflows/contract/experiments/view.ts';
import type { VideoInfo } from '../../../workflows/contract/experiments/video.ts';

export type EarlierRound = Pick<
  RoundView,
  'number' | 'state' | 'failure' | 'note' | 'encoded' | 'decoded' | 'encodedBytes' | 'metrics' | 'isOnFront'
>;

export interface ShownCode {
  readonly round: number;
  readonly code: string;
}

export interface RoundPrompt {
  readonly goal: string;
  readonly video: VideoInfo;
  readonly limits: Pick<ExperimentLimits, 'encodeSeconds' | 'decodeSeconds' | 'memoryBytes'>;
  readonly wanted: Pick<ExperimentSpec, 'psnrDb' | 'ratio'>;
  readonly round: number;
  readonly rounds: number;
  /** In their order. */
  readonly made: readonly EarlierRound[];
  /** Null while no round was scored. */
  readonly best: ShownCode | null;
  /** Of the last round that has code; null while none has. */
  readonly last: ShownCode | null;
}

/** The most characters of each part. */
const most = { code: 40_000, error: 2_000, listedError: 200, note: 200, codeLine: 200 } as const;

export function roundPrompt(prompt: RoundPrompt): string {
  const { goal, video, limits, wanted, round, rounds, made } = prompt;
  const { encodeSeconds, decodeSeconds, memoryBytes } = limits;
  const lastMade = made.findLast(({ number }) => number === prompt.last?.round) ?? made.at(-1);
  return [
    block('goal', goal),
    block('video', JSON.stringify(video)),
    block('limits', JSON.stringify({ encodeSeconds, decodeSeconds, memoryBytes })),
    block('wanted', JSON.stringify({ leastPsnrDb: wanted.psnrDb, ratio: wanted.ratio ?? 'as high as possible' })),
    block('rounds so far', made.length === 0 ? 'none' : made.map(lineOf).join('\n')),
    ...codeBlocks(prompt),
    ...(lastMade === undefined ? [] : [block('result of the last round', resultOf(lastMade, prompt.last))]),
    `Write the codec of round ${round} of at most ${rounds}.`,
  ].join('\n\n');
}

/** A block that its text cannot end: no line of it looks like the title of another block. */
function block(title: string, text: string): string {
  return `=== ${title} ===\n${text.replaceAll(/^(\s*)===/gm, '$1= = =')}`;
}

function codeBlocks({ best, last }: RoundPrompt): readonly string[] {
  if (best !== null && best.round === last?.round) return [codeBlock('the best and the last', best)];
  return [
    ...(best === null ? [] : [codeBlock('the best', best)]),
    ...(last === null ? [] : [codeBlock('the last', last)]),
  ];
}

function codeBlock(which: string, { round, code }: ShownCode): string {
  return block(`code of round ${round}, ${which}`, withoutMiddle(code, most.code));
}

/** The beginning and the end, with a note of what was left out. */
export function withoutMiddle(code: string, mostCharacters: number): string {
  if (code.length <= mostCharacters) return cutText(code, mostCharacters);
  const lines = code.split('\n');
  const half = mostCharacters / 2;
  const head = lines.slice(0, linesWithin(lines, half));
  const rest = lines.slice(head.length);
  const tailLength = linesWithin(rest.toReversed(), half);
  const tail = tailLength === 0 ? [] : rest.slice(-tailLength);
  const left = rest.length - tail.length;
  return cutText([...head, `# … ${left} lines are left out here …`, ...tail].join('\n'), mostCharacters + 100);
}

/** How many of the first lines have together no more characters. */
function linesWithin(lines: readonly string[], mostCharacters: number): number {
  let characters = 0;
  const tooLong = lines.findIndex((line) => {
    characters += line.length + 1;
    return characters > mostCharacters;
  });
  return tooLong === -1 ? lines.length : tooLong;
}

/** As JSON in one line: foreign words in it cannot look like anything else. */
function lineOf(round: EarlierRound): string {
  const { number, state, note, isOnFront, failure } = round;
  return JSON.stringify({
    round: number,
    state,
    ...measured(round),
    ...(isOnFront ? { isOnFront } : {}),
    ...(failure === null ? {} : { failure: failureOf(failure, most.listedError) }),
    ...(note === null ? {} : { note: shortenText(note, most.note) }),
  });
}

function resultOf(round: EarlierRound, last: ShownCode | null): string {
  const { number, state, failure } = round;
  if (failure === null) return JSON.stringify({ round: number, state, ...measured(round) });
  const codeLine = failure.line === null ? undefined : last?.code.split('\n')[failure.line - 1];
  return JSON.stringify({
    round: number,
    state,
    ...measured(round),
    failure: {
      ...failureOf(failure, most.error),
      ...(codeLine === undefined ? {} : { codeLine: shortenText(codeLine, most.codeLine) }),
    },
  });
}

function failureOf({ phase, type, message, line }: ExperimentFailure, mostCharacters: number) {
  return { phase, type, ...(line === null ? {} : { line }), message: shortenText(message, mostCharacters) };
}

function measured({ encodedBytes, encoded, decoded, metrics }: EarlierRound) {
  return {
    ...(encodedBytes === null ? {} : { encodedBytes }),
    ...(encoded === null ? {} : { encodeSeconds: rounded(encoded.seconds) }),
    ...(decoded === null ? {} : { decodeSeconds: rounded(decoded.seconds) }),
    ...(metrics === null
      ? {}
      : {
          ratio: rounded(metrics.compressionRatio),
          psnrDb: metrics.psnrDb === null ? 'infinite' : rounded(metrics.psnrDb),
          ssim: rounded(metrics.ssim),
        }),
  };
}

function rounded(value: number): number {
  return Number(value.toFixed(4));
}
