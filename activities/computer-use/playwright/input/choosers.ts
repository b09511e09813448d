/**
 * Answers file choosers of pages with files that the step offers: the open one, or the next one that opens. Only pages
 * of the lead magnet's own origins get files. The result is noted for the model.
 */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import type { FileChooser, Frame } from 'playwright-core';
import { requestProblem } from '../../../../workflows/contract/computer-use/network.ts';
import type { ComputerSettings, OfferedContent } from '../../../ports.ts';
import { ActionProblem } from '../../actions.ts';
import { bounded, waitAtMost } from '../screen/bounds.ts';
import { cutText } from '../../../../workflows/contract/cut-text.ts';

export interface ChoosersSettings extends Pick<ComputerSettings, 'network' | 'offersFiles' | 'onDenied'> {
  readonly note: (text: string) => void;
}

/** Time limit for giving files to a page. */
const handMilliseconds = 10_000;
/** Time limit for reading what a chooser accepts. */
const readMilliseconds = 2_000;
/** Time from a click to its chooser, when files are prepared for it. */
const openingMilliseconds = 1_000;
const longestAccept = 100;

interface Open {
  readonly chooser: FileChooser;
  readonly origin: string;
}

export class FileChoosers {
  private readonly settings: ChoosersSettings;
  /** Paths of the files that may be chosen, by name. */
  private readonly paths = new Map<string, string>();
  private folder: string | null = null;
  private open: Open | null = null;
  /** Files for the next chooser that opens. */
  private waiting: readonly string[] | null = null;
  /** Choosers are handled one after the other. */
  private work: Promise<void> = Promise.resolve();
  private came = Promise.withResolvers<void>();

  constructor(settings: ChoosersSettings) {
    this.settings = settings;
  }

  /** Registers a chooser that a page opened. */
  readonly opened = (chooser: FileChooser): void => {
    this.work = this.work
      .then(() => this.deal(chooser))
      // A page that navigates away closes its chooser.
      .catch(() => this.settings.note('A file chooser was opened and is gone again.'));
    this.came.resolve();
    this.came = Promise.withResolvers<void>();
  };

  /**
   * Writes to a folder of the browser that is removed with it: Chromium reads a file only when a page sends it. Throws
   * `ActionProblem` when the file cannot be written.
   */
  async put({ name, content }: OfferedContent): Promise<void> {
    if (basename(name) !== name || name === '' || /^\.+$/.test(name))
      throw new Error('a file that is offered has a path for a name');
    // Written once: Chromium refuses to send a file that has changed since it was chosen.
    if (this.paths.has(name)) return;
    try {
      this.folder ??= await mkdtemp(join(tmpdir(), 'lodestone-files-'));
      const path = join(this.folder, name);
      await writeFile(path, content, { mode: 0o600 });
      this.paths.set(name, path);
    } catch (error) {
      // Not a failure of the browser: another one would not help, and the model may continue without the file.
      throw new ActionProblem(`the file ${name} could not be made ready: ${codeOf(error)}`);
    }
  }

  /** Gives files to the open chooser, or keeps them for the next one. Throws `ActionProblem` when it cannot. */
  async choose(names: readonly string[]): Promise<void> {
    await this.work;
    const missing = names.find((name) => !this.paths.has(name));
    if (missing !== undefined) throw new ActionProblem(`there is no file ${missing}`);
    const { open } = this;
    if (open === null) {
      this.waiting = names;
      this.settings.note(`No file chooser is open. The next one that opens gets ${names.join(', ')}.`);
      return;
    }
    const problem = await this.problemOf(open.chooser, names);
    if (problem !== null) throw new ActionProblem(problem);
    this.open = null;
    await this.hand(open, names);
  }

  /** Waits until open choosers are handled; after an action, also for the chooser that the files are prepared for. */
  async settled(mayOpen: boolean, signal: AbortSignal): Promise<void> {
    if (mayOpen && this.waiting !== null) await waitAtMost(this.came.promise, openingMilliseconds, signal);
    await this.work;
  }

  async close(): Promise<void> {
    if (this.folder !== null) await rm(this.folder, { recursive: true, force: true });
  }

  private async deal(chooser: FileChooser): Promise<void> {
    const { note, offersFiles, network, onDenied } = this.settings;
    if (!offersFiles) return note('A file chooser was opened; there are no files to choose from.');
    const frame = await bounded(frameOf(chooser), 'reading a file chooser', readMilliseconds);
    const url = addressOf(frame);
    const problem = requestProblem(network, url, 'navigate');
    const origin = originOf(url);
    if (problem !== undefined) {
      onDenied({ target: origin, reason: `a file chooser: ${problem}` });
      return note(`A file chooser of ${origin} gets no file: ${problem}.`);
    }
    const { waiting, open } = this;
    if (open !== null) note('The file chooser before it was left without a file.');
    this.open = { chooser, origin };
    if (waiting === null) return note(await askingText({ chooser, origin }));
    this.waiting = null;
    const misfit = await this.problemOf(chooser, waiting);
    if (misfit !== null)
      return note(`${await askingText({ chooser, origin })} It did not get ${waiting.join(', ')}: ${misfit}.`);
    this.open = null;
    await this.hand({ chooser, origin }, waiting).catch((error: unknown) => {
      if (!(error instanceof ActionProblem)) throw error;
      note(`A file chooser opened, and handing ${waiting.join(', ')} to it failed: ${error.message}.`);
    });
  }

  /** Why a chooser cannot take these files; null when it can. */
  private async problemOf(chooser: FileChooser, names: readonly string[]): Promise<string | null> {
    if (await takesFolder(chooser)) return 'the file chooser takes a folder, and there is none';
    if (names.length > 1 && !chooser.isMultiple()) return 'the file chooser takes one file';
    return null;
  }

  private async hand({ chooser, origin }: Open, names: readonly string[]): Promise<void> {
    const paths = names.flatMap((name) => this.paths.get(name) ?? []);
    try {
      await bounded(chooser.setFiles(paths), 'handing files to the page', handMilliseconds);
    } catch (error) {
      const why = error instanceof Error ? error.message.split('\n')[0] : String(error);
      throw new ActionProblem(`it may have happened: ${why}`);
    }
    this.settings.note(
      `${names.join(', ')} ${names.length === 1 ? 'was' : 'were'} handed to the file chooser of ${origin}.`,
    );
  }
}

/** Without the path, which the model need not know. */
function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : 'it cannot be written';
}

async function askingText({ chooser, origin }: Open): Promise<string> {
  const accept = await attributeOf(chooser, 'accept');
  const kinds = accept === null || accept === '' ? '' : ` of the kinds "${cutText(accept, longestAccept)}"`;
  const number = chooser.isMultiple() ? 'one or more files' : 'one file';
  return `A file chooser opened on ${origin}; it takes ${number}${kinds}. Name them with choose_files, or go on without.`;
}

async function takesFolder(chooser: FileChooser): Promise<boolean> {
  return (await attributeOf(chooser, 'webkitdirectory')) !== null;
}

async function attributeOf(chooser: FileChooser, name: string): Promise<string | null> {
  return bounded(chooser.element().getAttribute(name), 'reading a file chooser', readMilliseconds);
}

async function frameOf(chooser: FileChooser): Promise<Frame> {
  return (await chooser.element().ownerFrame()) ?? chooser.page().mainFrame();
}

/** A frame without its own address has its parent's. */
function addressOf(frame: Frame): string {
  const url = frame.url();
  const parent = frame.parentFrame();
  return parent !== null && url.startsWith('about:') ? addressOf(parent) : url;
}

/** For use in a text: an address may be long and contain private data. */
function originOf(url: string): string {
  return URL.canParse(url) && /^https?:/.test(url) ? new URL(url).origin : cutText(url, 100);
}
