/**
 * The earlier turns and the files of a conversation as a model gets them, within one budget of tokens: the files of the
 * present question before the newest turns, and these before earlier files; each content once, the newest of a name.
 */
import type { Store } from '../../store/store.ts';
import type { ToolRequestRow } from '../../store/tools/tool-request-row.ts';
import { runInThread, ThreadLimit } from '../../threads/run-in-thread.ts';
import type { ConversationFile } from '../../store/tools/tool-files.ts';
import type countedTexts from './embed-work.ts';
import { embeddedImages, isImage } from './embedded-images.ts';
import { fittingPositions, type TextGroup } from './prompt-budget.ts';

/** Tokens of the earlier turns and of all files in a prompt. */
const mostTokens = 120_000;
/** Of ordinary text, counting takes far less. */
const countMilliseconds = 3_000;

export interface EmbeddedFiles {
  /** A block for each earlier turn and each file, and a sentence for what is left out. */
  readonly text: string;
  /** The images, as `data:` URLs. */
  readonly images: readonly string[];
  /** Of the contents, in order: the same files are the same work. */
  readonly hashes: readonly string[];
}

export interface EmbeddedContext {
  readonly row: ToolRequestRow;
  /** The newest first. */
  readonly turns: readonly string[];
  /** Left out where another call gets the files. */
  readonly withFiles: boolean;
}

export async function embeddedContext(
  { toolFiles, artifacts }: Pick<Store, 'toolFiles' | 'artifacts'>,
  { row, turns, withFiles }: EmbeddedContext,
  signal: AbortSignal,
): Promise<EmbeddedFiles> {
  const files = withFiles ? distinct(await toolFiles.ofConversation(row)) : [];
  const images = await embeddedImages(files.filter(isImage), (sha256) => artifacts.getContent(sha256));
  const contents = await Promise.all(
    files
      .filter((file) => !isImage(file))
      .map(async (file) => ({ file, content: await artifacts.getContent(file.sha256) })),
  );
  const texts = contents.map(({ file: { name, turn }, content }) => ({ name, turn, text: content.toString('utf8') }));
  const told = turns.map((text) => ({ text }));
  const fitting = await whichFit({ asked: row, texts, told }, signal);
  const history = told.filter((turn) => fitting.has(turn)).toReversed();
  const left = turns.length - history.length;
  const blocks = texts.map((file) =>
    fitting.has(file)
      ? `=== file ${file.name} ===\n${file.text}`
      : `(the file ${file.name} is left out: the files and the earlier turns have more than ${mostTokens} tokens)`,
  );
  const gap = left === 0 ? [] : [`(earlier turns are left out, as they do not fit into ${mostTokens} tokens: ${left})`];
  const text = [...gap, ...history.map((turn) => turn.text), ...blocks, ...images.blocks].join('\n\n');
  return { text, images: images.urls, hashes: files.map(({ sha256 }) => sha256) };
}

/** The newest file of each name; the same content counts once, as the newest. They stay in the order of their age. */
function distinct(files: readonly ConversationFile[]): readonly ConversationFile[] {
  return newestOf(
    newestOf(files, ({ name }) => name),
    ({ sha256 }) => sha256,
  );
}

function newestOf(
  files: readonly ConversationFile[],
  keyOf: (file: ConversationFile) => string,
): readonly ConversationFile[] {
  const newest = new Map<string, ConversationFile>();
  for (const file of files) {
    // A map keeps the place of a key that it has.
    newest.delete(keyOf(file));
    newest.set(keyOf(file), file);
  }
  return [...newest.values()];
}

/** A text that competes for the budget. */
interface Piece {
  readonly text: string;
}

interface Pieces {
  readonly asked: Pick<ToolRequestRow, 'id' | 'turn'>;
  readonly texts: readonly (Piece & { readonly turn: number })[];
  /** The newest first. */
  readonly told: readonly Piece[];
}

/** The files of the present question come first; files of earlier turns have half of the budget, unless they need less. */
async function whichFit({ asked, texts, told }: Pieces, signal: AbortSignal): Promise<ReadonlySet<Piece>> {
  const present = texts.filter(({ turn }) => turn === asked.turn);
  const earlier = texts.filter(({ turn }) => turn !== asked.turn).toReversed();
  const pieces: readonly Piece[] = [...present, ...told, ...earlier];
  // A token is at least one byte: small texts need no count.
  if (bytesOf(pieces) <= mostTokens) return new Set(pieces);
  const groups = [
    { texts: present.map(({ text }) => text), tokens: mostTokens },
    {
      texts: told.map(({ text }) => text),
      tokens: Math.max(mostTokens / 2, mostTokens - bytesOf(earlier)),
    },
    { texts: earlier.map(({ text }) => text), tokens: mostTokens },
  ];
  const positions = new Set(await fittingTexts(groups, asked.id, signal));
  return new Set(pieces.filter((_, index) => positions.has(index)));
}

function bytesOf(pieces: readonly Piece[]): number {
  return pieces.reduce((sum, { text }) => sum + Buffer.byteLength(text), 0);
}

async function fittingTexts(
  groups: readonly TextGroup[],
  owner: string,
  signal: AbortSignal,
): Promise<readonly number[]> {
  const module = new URL('./embed-work.ts', import.meta.url);
  const options = { timeoutMilliseconds: countMilliseconds, owner, signal };
  try {
    return await runInThread<typeof countedTexts>(module, { groups, tokens: mostTokens }, options);
  } catch (error) {
    if (!(error instanceof ThreadLimit)) throw error;
    // The tokens of some text take too long to count, as those of a very long word: no text has more tokens than bytes.
    return fittingPositions(groups, mostTokens, (text, most) => {
      const bytes = Buffer.byteLength(text);
      return bytes > most ? null : bytes;
    });
  }
}
