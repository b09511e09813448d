/**
 * Exports a run as one self-contained HTML file with sheet, script and pictures, whose own policy forbids all requests.
 * It is written a turn at a time, so that the pictures of a long run are never in memory together.
 */
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { html } from 'hono/html';
import type { Store } from '../../../../store/store.ts';
import type { ComputerTurn } from '../../../../workflows/contract/computer-use/computer-turn.ts';
import { allTurns, type FoundRun } from '../../computer-use/computer-run.ts';
import type { Html } from '../layout.ts';
import { playerControls, replayHead, replayTurn } from './replay-page.ts';
import { moment } from '../format.ts';

const assets = join(import.meta.dirname, '..', '..', 'assets');

/** The file's text, in parts. A run that is still going is exported in its current state. */
export async function* exportReplay(store: Store, found: FoundRun, now: Date): AsyncGenerator<string> {
  const [sheet, script] = await Promise.all([read('style.css', 'run.css'), read('replay.js')]);
  yield '<!doctype html><html lang="en"><head>';
  yield await text(head(found.step.title, policyOf(sheet, script)));
  yield `<style>${sheet}</style></head><body class="wide"><main>`;
  yield await text(replayHead({ ...found, live: false }));
  yield '<div id="player">';
  yield await text(playerControls);
  yield '<div id="turns">';
  for await (const turn of allTurns(store, found)) {
    yield await text(replayTurn(turn, found.run, await pictureOf(store, found.job.id, turn), false));
  }
  yield '</div></div>';
  yield await text(
    html`<p class="soft">Step ${found.step.id} of ${found.job.id}, saved ${moment(now.toISOString())}</p>`,
  );
  yield `</main><script>${script}</script></body></html>\n`;
}

function head(title: string, policy: string): Html {
  return html`<meta charset="utf-8" />
    <meta http-equiv="content-security-policy" content="${policy}" />
    <meta name="viewport" content="width=device-width, initial-scale=1" />
    <title>${title}: replay</title>
    <link rel="icon" href="data:," />`;
}

function policyOf(sheet: string, script: string): string {
  const own = (content: string): string => `'sha256-${createHash('sha256').update(content).digest('base64')}'`;
  const sources = `img-src data:; style-src ${own(sheet)}; script-src ${own(script)}`;
  return `default-src 'none'; ${sources}; base-uri 'none'; form-action 'none'`;
}

/** Null when the picture is no longer kept. */
async function pictureOf(store: Store, jobId: string, { screenshot }: ComputerTurn): Promise<string | null> {
  const artifact = await store.artifacts.find(jobId, screenshot.name);
  if (artifact === null) return null;
  try {
    const content = await store.artifacts.getContent(screenshot.sha256);
    return `data:${artifact.mediaType};base64,${content.toString('base64')}`;
  } catch {
    return null;
  }
}

async function read(...names: readonly string[]): Promise<string> {
  const parts = await Promise.all(names.map((name) => readFile(join(assets, name), 'utf8')));
  return parts.join('\n');
}

async function text(content: Html): Promise<string> {
  return String(await content);
}
