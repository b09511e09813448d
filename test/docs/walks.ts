/** The lists of `docs/architecture.md` as data, and the check of how each file in them is reached. */

interface Line {
  readonly number: number;
  /** Null when the line names none. */
  readonly file: string | null;
  /** How the file is reached, as written in parentheses; empty for an import by the file above. */
  readonly ways: readonly string[];
}

export interface Walk {
  readonly title: string;
  readonly lines: readonly Line[];
}

export interface SourceFile {
  readonly text: string;
  readonly imports: readonly string[];
}

/** Reads a file of the repository; null when there is none. */
type Read = (file: string) => SourceFile | null;

/** One hop of a walk. */
interface Hop {
  readonly from: string;
  readonly to: string;
  readonly read: Read;
}

/** All sections whose titles begin with `Walk` or `The life`, with their numbered lines. */
export function readWalks(document: string): readonly Walk[] {
  return document
    .split(/^## /m)
    .filter((section) => /^(Walk|The life)/.test(section))
    .map((section) => {
      const [title = '', ...lines] = section.split('\n');
      return { title, lines: lines.filter((line) => /^\d+\. /.test(line)).map(readLine) };
    });
}

function readLine(text: string): Line {
  const {
    number = '0',
    ways,
    file = null,
  } = /^(?<number>\d+)\. (?:\((?<ways>[^)]*)\) )?(?:`(?<file>[^`]+)`)?/.exec(text)?.groups ?? {};
  return { number: Number(number), file, ways: ways === undefined ? [] : ways.split(', ') };
}

/** What is wrong with a walk, one sentence each. */
export function problemsOf({ lines }: Walk, read: Read): readonly string[] {
  return lines.flatMap(({ number, file, ways }, index) => {
    if (number !== index + 1) return [`line ${index + 1} has the number ${number}`];
    if (file === null) return [`line ${number} names no file`];
    if (read(file) === null) return [`${file} does not exist`];
    if (index === 0) return ways.length === 0 ? [] : ['line 1 is reached from nowhere'];
    const origin = ways.map((way) => /^from (\d+)$/.exec(way)?.[1]).find((found) => found !== undefined);
    const before = origin === undefined ? index : Number(origin);
    const from = before < number ? lines[before - 1]?.file : undefined;
    if (from === undefined || from === null)
      return [`line ${number} is reached from line ${before}, which has no file`];
    const others = ways.filter((way) => !way.startsWith('from '));
    const hop = { from, to: file, read };
    return others.length === 0 ? importProblems(hop) : others.flatMap((way) => wayProblems(hop, way, number));
  });
}

function wayProblems(hop: Hop, way: string, number: number): readonly string[] {
  const { from, to, read } = hop;
  const { kind, word = '' } = /^(?<kind>[A-Za-z]+)(?: `(?<word>[^`]+)`)?$/.exec(way)?.groups ?? {};
  const needsWord = kind !== 'caller' && kind !== 'thread';
  const known = needsWord === (word !== '') ? (kind ?? '') : '';
  switch (known) {
    case 'caller':
      return importProblems({ from: to, to: from, read });
    case 'through':
      return [...importProblems({ ...hop, to: word }), ...importProblems({ ...hop, from: word })];
    case 'part':
      return partProblems(hop, word);
    case 'port':
      return [...wordProblems(hop, word), ...commonProblems(hop)];
    case 'HTTP':
    case 'Temporal':
    case 'store':
    case 'process':
      return wordProblems(hop, word);
    case 'thread': {
      const starts = read(from)?.text.includes(`new URL('./${to.split('/').at(-1)}', import.meta.url)`);
      return starts === true ? [] : [`${from} does not start ${to} in a thread`];
    }
    default:
      return [`line ${number} is reached in a way that cannot be read: ${way}`];
  }
}

function importProblems({ from, to, read }: Hop): readonly string[] {
  return read(from)?.imports.includes(to) === true ? [] : [`${from} does not import ${to}`];
}

function wordProblems({ from, to, read }: Hop, word: string): readonly string[] {
  const both = [from, to].every((file) => read(file)?.text.includes(word) === true);
  return both ? [] : [`${from} and ${to} do not both name ${word}`];
}

/** Two sides of an interface see the file that declares it, unless one of them is that file. */
function commonProblems({ from, to, read }: Hop): readonly string[] {
  const seenBy = (file: string): readonly string[] => [file, ...(read(file)?.imports ?? [])];
  const seen = seenBy(to);
  return seenBy(from).some((file) => seen.includes(file)) ? [] : [`${from} and ${to} see no common file`];
}

/** One side uses a part of the store by its name, and `store/store.ts` makes that part with the other side. */
function partProblems({ from, to, read }: Hop, part: string): readonly string[] {
  const [user, maker] = to.startsWith('store/') ? [from, to] : [to, from];
  const store = read('store/store.ts')?.text ?? '';
  const create = new RegExp(String.raw`\b${part}(?:: | = )(create\w+)\(`).exec(store)?.[1] ?? 'nothing';
  const isMade = new RegExp(String.raw`\b${create}\b[^;]* from '\./${maker.slice('store/'.length)}'`).test(store);
  return [
    ...(isMade ? [] : [`store/store.ts does not make ${part} with ${maker}`]),
    ...(read(user)?.text.includes(`.${part}.`) === true ? [] : [`${user} does not use ${part}`]),
  ];
}
