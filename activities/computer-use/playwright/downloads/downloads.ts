/**
 * Keeps what pages download in quarantine: a folder of the browser, removed with it. Nothing in it is opened. Files are
 * limited in number and size and come only from the lead magnet's own origins; they wait there until they are fetched.
 */
import { chmod, mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { BrowserContext, CDPSession } from 'playwright-core';
import { requestProblem } from '../../../../workflows/contract/computer-use/network.ts';
import { downloadLimits } from '../../../../workflows/contract/lead-magnets/step-files.ts';
import type { ComputerDownloads, ComputerSettings, Download, DownloadList } from '../../../ports.ts';
import { safeFileName } from '../../files/safe-name.ts';
import { waitAtMost } from '../screen/bounds.ts';
import { DataDownloads, type Denial } from './data-downloads.ts';
import { cutText } from '../../../../workflows/contract/cut-text.ts';

export interface DownloadsSettings extends Pick<ComputerSettings, 'network' | 'onDenied'> {
  readonly note: (text: string) => void;
}

interface Known extends Download {
  readonly state: 'running' | 'finished' | 'refused';
}

/** Starts to accept downloads of the browser's one context. To be called before its first page is loaded. */
export async function quarantineDownloads(context: BrowserContext, settings: DownloadsSettings): Promise<Quarantine> {
  const browser = context.browser();
  if (browser === null) throw new Error('the context has no browser');
  const cdp = await browser.newBrowserCDPSession();
  const { browserContextIds } = await cdp.send('Target.getBrowserContexts');
  const [browserContextId] = browserContextIds;
  if (browserContextId === undefined || browserContextIds.length > 1)
    throw new Error('the browser does not have exactly one context');
  const folder = await mkdtemp(join(tmpdir(), 'lodestone-downloads-'));
  const quarantine = new Quarantine({ cdp, browserContextId, folder, data: new DataDownloads(context) }, settings);
  // Chromium names the file by an id: the name that a page gives is never used as a path.
  const behavior = { behavior: 'allowAndName', downloadPath: folder, eventsEnabled: true } as const;
  await cdp.send('Browser.setDownloadBehavior', { ...behavior, browserContextId });
  return quarantine;
}

interface Place {
  readonly cdp: CDPSession;
  readonly browserContextId: string;
  readonly folder: string;
  readonly data: Pick<DataDownloads, 'denialOf'>;
}

export class Quarantine implements ComputerDownloads {
  private readonly place: Place;
  private readonly settings: DownloadsSettings;
  private readonly known = new Map<string, Known>();
  /** Downloads whose source is still being checked. */
  private readonly judging = new Map<string, Promise<void>>();
  /** Files and bytes accepted so far, including files that were fetched since. */
  private count = 0;
  private bytes = 0;
  private ended = Promise.withResolvers<void>();

  constructor(place: Place, settings: DownloadsSettings) {
    const { cdp } = place;
    this.place = place;
    this.settings = settings;
    cdp.on('Browser.downloadWillBegin', ({ guid, url, suggestedFilename, frameId }) => {
      this.begin(guid, safeFileName(suggestedFilename), url);
      if (url.startsWith('data:')) this.judging.set(guid, this.judge(guid, frameId));
    });
    cdp.on('Browser.downloadProgress', ({ guid, state, totalBytes, receivedBytes }) => {
      const file = this.known.get(guid);
      if (file?.state !== 'running') return;
      const current = { ...file, bytes: Math.max(receivedBytes, file.bytes) };
      this.known.set(guid, current);
      const problem = this.sizeProblem(Math.max(totalBytes, receivedBytes));
      if (problem !== null) return this.refuse(current, problem);
      if (state === 'completed') void this.finish(current);
      if (state === 'canceled') this.refuse(current, 'it broke off');
    });
  }

  async list(waitMilliseconds: number, signal: AbortSignal): Promise<DownloadList> {
    const until = performance.now() + waitMilliseconds;
    while (this.in('running').length > 0 && performance.now() < until) {
      await waitAtMost(this.ended.promise, until - performance.now(), signal);
    }
    return { finished: this.in('finished').map(plain), running: this.in('running').map(plain) };
  }

  async read(id: string): Promise<Uint8Array> {
    if (this.known.get(id)?.state !== 'finished') throw new Error('there is no such download');
    return readFile(this.pathOf(id));
  }

  async drop(id: string): Promise<void> {
    if (!this.known.delete(id)) return;
    await rm(this.pathOf(id), { force: true });
  }

  async close(): Promise<void> {
    await rm(this.place.folder, { recursive: true, force: true });
  }

  private begin(id: string, name: string, url: string): void {
    const file: Known = { id, name, bytes: 0, state: 'running' };
    this.known.set(id, file);
    const problem = sourceProblem(this.settings.network, url);
    if (problem !== undefined) return this.deny(file, { target: originOf(url), problem });
    this.count += 1;
    const { files } = downloadLimits;
    if (this.count > files) this.refuse(file, `a step keeps ${files} downloads at most`);
  }

  private async judge(id: string, frameId: string): Promise<void> {
    const denial = await this.place.data.denialOf(this.settings.network, frameId);
    this.judging.delete(id);
    const file = this.known.get(id);
    if (denial === null || file?.state !== 'running') return;
    this.count -= 1;
    this.deny(file, denial);
  }

  private deny(file: Known, { target, problem }: Denial): void {
    this.settings.onDenied({ target, reason: `a download: ${problem}` });
    this.refuse(file, problem);
  }

  private sizeProblem(bytes: number): string | null {
    const { fileBytes, bytes: all } = downloadLimits;
    if (bytes > fileBytes) return `it is larger than ${fileBytes / 2 ** 20} MiB`;
    const running = this.in('running').reduce((sum, file) => sum + file.bytes, 0);
    return this.bytes + running > all ? `all downloads together are larger than ${all / 2 ** 20} MiB` : null;
  }

  private async finish(file: Known): Promise<void> {
    await this.judging.get(file.id);
    if (this.known.get(file.id)?.state !== 'running') return;
    try {
      const path = this.pathOf(file.id);
      await chmod(path, 0o600);
      const { size } = await stat(path);
      const problem = this.sizeProblem(size);
      if (problem !== null) return this.refuse(file, problem);
      this.bytes += size;
      this.known.set(file.id, { ...file, bytes: size, state: 'finished' });
      this.notifyEnd();
    } catch {
      this.refuse(file, 'it could not be read');
    }
  }

  /** A refused file stays known as refused, so that later events about it change nothing. */
  private refuse(file: Known, why: string): void {
    this.known.set(file.id, { ...file, bytes: 0, state: 'refused' });
    this.settings.note(`The download ${file.name} was not kept: ${why}.`);
    const { id: guid } = file;
    const { cdp, browserContextId } = this.place;
    void cdp
      .send('Browser.cancelDownload', { guid, browserContextId })
      // A download that has ended need not be cancelled.
      .catch(() => undefined)
      .then(() => rm(this.pathOf(guid), { force: true }))
      .catch(() => undefined);
    this.notifyEnd();
  }

  private in(state: Known['state']): readonly Known[] {
    return [...this.known.values()].filter((file) => file.state === state);
  }

  private pathOf(id: string): string {
    if (!/^[\w-]+$/.test(id)) throw new Error('the id of the download is invalid');
    return join(this.place.folder, id);
  }

  private notifyEnd(): void {
    this.ended.resolve();
    this.ended = Promise.withResolvers<void>();
  }
}

function plain({ id, name, bytes }: Known): Download {
  return { id, name, bytes };
}

/** A `blob:` URL names the origin that created it; `data:` URLs are checked separately. */
function sourceProblem(network: DownloadsSettings['network'], url: string): string | undefined {
  if (url.startsWith('data:')) return undefined;
  return requestProblem(network, url.startsWith('blob:') ? originOf(url) : url, 'navigate');
}

function originOf(url: string): string {
  return URL.canParse(url) ? new URL(url).origin : cutText(url, 100);
}
