/**
 * The earlier turns and the files of a conversation as a model gets them, within one budget of tokens: the newest turns first, then
 * each content once, the newest of a name.
 */
import type { Store } from '../../store/store.ts';
import type { ToolRequestRow } from '../../store/tools/tool-request-row.ts';
import { runInThread, ThreadLimit } from '../../threads/run-in-thread.ts';
import type { ToolFile } from '../../workflows/contract/tools/files.ts';
import type fittingTexts from './embed-work.ts';
import { embeddedImages, isImage } from './embedded-images.ts';

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
  const texts = contents.map(({ file, content }) => ({ name: file.name, text: content.toString('utf8') }));
  const fitting = await whichFit([...turns, ...texts.map(({ text }) => text)], row.id, signal);
  const history = turns.filter((_, index) => fitting.has(index)).toReversed();
  const left = turns.length - history.length;
  const blocks = texts.map(({ name, text }, index) =>
    fitting.has(turns.length + index)
      ? `=== file ${name} ===\n${text}`
      : `(the file ${name} is left out: all files together have more than ${mostTokens} tokens)`,
  );
  const gap = left === 0 ? [] : [`(earlier turns are left out, as they do not fit into ${mostTokens} tokens: ${left})`];
  const text = [...gap, ...history, ...blocks, ...images.blocks].join('\n\n');
  return { text, images: images.urls, hashes: files.map(({ sha256 }) => sha256) };
}

/** The newest file of each name; the same content counts once. */
function distinct(files: readonly ToolFile[]): readonly ToolFile[] {
  const byName = new Map(files.map((file) => [file.name, file]));
  return [...new Map([...byName.values()].map((file) => [file.sha256, file])).values()];
}

async function whichFit(texts: readonly string[], owner: string, signal: AbortSignal): Promise<ReadonlySet<number>> {
  // A token is at least one byte: small files need no count.
  const bytes = texts.reduce((sum, text) => sum + Buffer.byteLength(text), 0);
  if (bytes <= mostTokens) return new Set(texts.keys());
  const module = new URL('./embed-work.ts', import.meta.url);
  const options = { timeoutMilliseconds: countMilliseconds, owner, signal };
  try {
    return new Set(await runInThread<typeof fittingTexts>(module, { texts, tokens: mostTokens }, options));
  } catch (error) {
    if (!(error instanceof ThreadLimit)) throw error;
    return fittingByBytes(texts);
  }
}

/** For text whose tokens take too long to count, as a very long word: no text has more tokens than bytes. */
function fittingByBytes(texts: readonly string[]): ReadonlySet<number> {
  let left = mostTokens;
  const fitting = texts.flatMap((text, index) => {
    const bytes = Buffer.byteLength(text);
    if (bytes > left) return [];
    left -= bytes;
    return [index];
  });
  return new Set(fitting);
}
