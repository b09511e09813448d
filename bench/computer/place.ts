/**
 * What both contenders of `bench:computer` work with, in a process of its own: two pages that every action changes, and
 * a model that answers at once. It measures the time from each answer to the next request.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { Hono } from 'hono';
import { listenOnLoopback } from '../../demo/loopback-server.ts';
import type { BrainAnswer, Turn } from '../../demo/model-server/brains/brain.ts';
import { startModelServer } from '../../demo/model-server/server.ts';
import type { Figures } from './figures.ts';
import { stampedPart } from './stale/page.ts';
import { countPictures, stampOf, type Stamp } from './stale/pictures.ts';

const { values } = parseArgs({ options: { turns: { type: 'string', default: '24' } } });
/** Of the sessions that begin from now on. */
let turns = Number(values.turns);

const press = { type: 'click', x: 100, y: 40, button: 'left' } as const;
const writeAndPress = [
  { type: 'click', x: 100, y: 95, button: 'left' },
  { type: 'type', text: 'some words ' },
  press,
] as const;

/** When an answer was ready, and its number of actions. */
interface Answered {
  readonly at: number;
  readonly actions: number;
  /** What the picture of its request told of the page. */
  readonly stamp: Stamp | null;
}
let answered: Answered[] = [];
let begun = 0;

/** One action and three actions in turn; a text at the end. */
function answerTo({ memory }: Turn): BrainAnswer {
  const turn = typeof memory === 'number' ? memory : 0;
  if (turn > turns) return { kind: 'text', text: 'Done.' };
  const actions = turn === 0 ? [{ type: 'screenshot' as const }] : turn % 2 === 1 ? [press] : [...writeAndPress];
  return { kind: 'computer', actions, memory: turn + 1 };
}

const thinkingMilliseconds = 300;

const model = await startModelServer({
  brain: {
    async answer(turn) {
      const answer = answerTo(turn);
      const stamp = turn.screenshot === null ? null : stampOf(turn.screenshot);
      // Long enough to see what the page does by itself after its picture was sent.
      if (stamp !== null) await delay(thinkingMilliseconds);
      answered.push({ at: Date.now(), actions: answer.kind === 'computer' ? answer.actions.length : 0, stamp });
      return answer;
    },
  },
});

/** How many requests came before the measured session. */
let earlier = 0;
function requestTimes(): number[] {
  const creates = model.journal.entries.filter(({ kind }) => kind === 'create');
  return creates.slice(earlier).map(({ time }) => Date.parse(time));
}

/**
 * Makes the model server forget earlier requests. The plain loop sends all its pictures again with each turn: those of
 * the rich page would fill the memory of this process within three rounds.
 */
async function forgetResponses(): Promise<void> {
  const creates = model.journal.entries.filter(({ kind }) => kind === 'create');
  for (const { responseId } of creates.slice(earlier)) {
    if (responseId === null) continue;
    const headers = { authorization: 'Bearer any' };
    const { ok, status } = await fetch(`${model.url}/responses/${responseId}`, { method: 'DELETE', headers });
    if (!ok) throw new Error(`the model server keeps ${responseId}: it answered ${status}`);
  }
}

const controls = `<!doctype html><meta charset="utf-8"><title>bench</title><body style="margin:0;font:16px sans-serif">
<button style="position:fixed;left:20px;top:20px;width:160px;height:40px"
  onclick="this.textContent = 'pressed ' + (window.times = (window.times ?? 0) + 1)">press</button>
<input style="position:fixed;left:20px;top:80px;width:300px;height:30px">`;
const words =
  '<p style="margin:8px 400px 8px">A page of words, as most are: headings, paragraphs and links, one after the other.</p>';
/** Drawn like a photograph: gradients with noise, which no encoder compresses well. */
const drawing = `<canvas width="1280" height="800"></canvas><script>
  const context = document.querySelector('canvas').getContext('2d');
  const image = context.createImageData(1280, 800);
  let seed = 1;
  for (let at = 0; at < image.data.length; at += 4) {
    seed = (seed * 48271) % 2147483647;
    const x = (at / 4) % 1280, y = (at / 5120) | 0, noise = seed & 15;
    image.data.set([x / 6 + noise, y / 4 + noise, ((x ^ y) & 127) + noise, 255], at);
  }
  context.putImageData(image, 0, 0);
</script>`;
const slowly = (milliseconds: string | undefined): Promise<void> => delay(Number(milliseconds ?? 0));

const site = await listenOnLoopback(
  new Hono()
    .get('/text', (context) => context.html(controls + words.repeat(30)))
    .get('/rich', (context) => context.html(controls + drawing))
    .get('/stamped', async (context) => {
      await slowly(context.req.query('milliseconds'));
      return context.html(controls + words.repeat(20) + stampedPart);
    })
    .get('/slow', async (context) => {
      await slowly(context.req.query('milliseconds'));
      return context.text('done');
    })
    .post('/begin', async (context) => {
      await forgetResponses();
      earlier += requestTimes().length;
      answered = [];
      turns = Number(context.req.query('turns') ?? values.turns);
      begun = Date.now();
      return context.body(null, 204);
    })
    .get('/figures', (context) => {
      const times = requestTimes();
      const gaps = answered.flatMap(({ at, actions }, index) => {
        const next = times[index + 1];
        // The first look begins the session; the last answer has no request after it.
        return index === 0 || next === undefined ? [] : [{ actions, milliseconds: next - at }];
      });
      const sent = answered.flatMap(({ at, stamp }, index) => {
        const requested = times[index];
        if (requested === undefined) return [];
        return [stamp === null ? null : { stamp, requested, answered: at }];
      });
      const startMilliseconds = (times[0] ?? Number.NaN) - begun;
      const endMilliseconds = (answered.at(-1)?.at ?? Number.NaN) - begun;
      const figures: Figures = { gaps, startMilliseconds, endMilliseconds, pictures: countPictures(sent) };
      return context.json(figures);
    }),
  0,
);
process.stdout.write(`ready ${JSON.stringify({ model: model.url, site: site.url })}\n`);

process.once('SIGTERM', () => {
  void site.close();
  void model.close();
});
