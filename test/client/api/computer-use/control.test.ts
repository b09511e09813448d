/** Taking over a run's browser: over the API, by forms alone, and live in a real browser. */
import { setTimeout as delay } from 'node:timers/promises';
import { PNG } from 'pngjs';
import { expect, onTestFinished, test } from 'vitest';
import { yieldToPerson } from '../../../../activities/computer-use/person.ts';
import type { Store } from '../../../../store/store.ts';
import { beginRun, recordTurn, visiting } from '../../../support/computer-use/computer-run.ts';
import { openPage } from '../../../support/browser/browser-page.ts';
import { FakeComputer } from '../../../support/computer-use/fake-computer.ts';
import { endJob, problemOf, serveApp, testApi } from '../harness.ts';

const eventually = <T>(read: () => T) => expect.poll(read, { timeout: 15_000 });

async function liveRun() {
  const api = await testApi();
  const id = await api.acceptedJob(visiting);
  await beginRun(api.store, id);
  await recordTurn(api.store, id, 1);
  return { ...api, id, path: `/jobs/${id}/steps/visit/control`, place: { jobId: id, stepId: 'visit' } };
}

/** The loop's side: a browser whose screen grows redder with every action. */
function loopThatYields(store: Store, jobId: string) {
  const computer = new FakeComputer();
  const stop = new AbortController();
  onTestFinished(() => stop.abort());
  const look = async () => {
    const png = new PNG({ width: 640, height: 400 });
    png.data.fill(255);
    for (let index = 0; index < png.data.length; index += 4) png.data[index] = 40 * computer.performed.length;
    const name = `visit.person-${computer.performed.length}.png`;
    const file = { jobId, stepId: 'visit', name, mediaType: 'image/png', deliverable: false };
    return { ...(await store.artifacts.put({ ...file, content: PNG.sync.write(png) })), name };
  };
  const handedBack = yieldToPerson({
    controls: store.controls,
    wasHeld: false,
    onHold: async () => undefined,
    place: { jobId, stepId: 'visit' },
    computer,
    look,
    sleep: (milliseconds) => delay(milliseconds),
    now: () => new Date(),
    signal: stop.signal,
  });
  handedBack.catch(() => undefined);
  return { computer, handedBack };
}

test('a person takes over by the API, acts, and hands back; what cannot be is refused', async () => {
  const { post, ask, store, id, path, place } = await liveRun();
  const act = () => post(`/v1${path}/actions`, { type: 'click', x: 3, y: 4 });
  expect((await problemOf(await act())).status).toBe(409);
  expect((await post(`/v1${path}`, { to: 'take_over', by: 'ada' })).status).toBe(202);
  expect((await problemOf(await post(`/v1${path}`, { to: 'take_over' }))).detail).toContain('ada');
  const { computer, handedBack } = loopThatYields(store, id);
  await eventually(async () => (await store.controls.find(place))?.state).toBe('held');
  expect((await act()).status).toBe(202);
  await eventually(() => computer.performed).toEqual(['click at 3,4']);
  const held: unknown = await (await ask(`/v1${path}?watching`)).json();
  expect(held).toMatchObject({ control: { state: 'held', by: 'ada', screen: { url: 'https://site.example/' } } });
  expect((await post(`/v1${path}`, { to: 'hand_back', note: 'Go on.' })).status).toBe(202);
  expect((await handedBack)?.join()).toContain('They said: Go on.');
  expect((await problemOf(await post(`/v1${path}`, { to: 'hand_back' }))).status).toBe(409);
  expect((await post(`/v1${path}/actions`, { type: 'fly' })).status).toBe(400);
  expect((await post(`/v1/jobs/${id}/steps/nothing/control`, { to: 'take_over' })).status).toBe(404);
  await endJob(store, id);
  expect((await problemOf(await post(`/v1${path}`, { to: 'take_over' }))).status).toBe(409);
});

test('without a script the forms of the page do all of it', async () => {
  const { ask, store, id, path, place } = await liveRun();
  const send = async (values: Record<string, string>) => {
    const body = new URLSearchParams(values).toString();
    const headers = { 'content-type': 'application/x-www-form-urlencoded' };
    const answer = await ask(path, { method: 'POST', body, headers });
    expect([answer.status, answer.headers.get('location')]).toEqual([303, path]);
  };
  expect(await (await ask(path)).text()).toContain('value="take_over"');
  await send({ to: 'take_over' });
  expect(await (await ask(path)).text()).toContain('You get control');
  const { computer, handedBack } = loopThatYields(store, id);
  await eventually(async () => (await store.controls.find(place))?.screen).not.toBeNull();
  expect(await (await ask(path)).text()).toMatch(/<input\s+type="image"\s+name="at"/);
  await send({ 'at.x': '10', 'at.y': '20', as: 'double_click' });
  await send({ 'at.x': '10', 'at.y': '20', as: 'scroll_up' });
  await send({ text: 'hello' });
  await send({ key: 'Enter' });
  const performed = ['double click at 10,20', 'scroll by 0,-400', 'type 5 characters', 'press Enter'];
  await eventually(() => computer.performed).toEqual(performed);
  await send({ to: 'hand_back', note: '' });
  expect(await handedBack).toHaveLength(1);
  expect(await (await ask(path)).text()).toContain('The model controls the browser again');
});

test('what a person and a page say is text on it, never markup', async () => {
  const { ask, store, path, place } = await liveRun();
  const hostile = '"><script>alert(1)</script>';
  await store.controls.ask(place, hostile, new Date());
  await store.controls.hold(place, new Date());
  await store.controls.show(place, { name: hostile, sha256: hostile, url: hostile });
  await store.controls.act(place, { type: 'keypress', keys: [hostile] }, new Date());
  const held = await (await ask(path)).text();
  await store.controls.giveBack(place, hostile, new Date());
  for (const page of [held, await (await ask(path)).text()]) {
    expect(page).toContain('&lt;script&gt;');
    expect(page).not.toContain('<script>alert');
  }
});

test('in a browser the picture is live: clicks, keys and the wheel on it go where they belong', async () => {
  const { app, ask, store, id } = await liveRun();
  const url = await serveApp(app);
  const { page, complaints } = await openPage({ viewport: { width: 390, height: 844 } });
  await page.goto(`${url}/jobs/${id}`);
  await page.getByRole('link', { name: 'Take over' }).click();
  await page.getByRole('button', { name: 'Take over' }).click();
  await page.getByText('You get control').waitFor();
  const { computer, handedBack } = loopThatYields(store, id);
  const picture = page.locator('input[type=image]');
  await picture.waitFor();
  expect(await (await ask(`/jobs/${id}`)).text()).toContain('the job page controls the browser');
  const before = await picture.getAttribute('src');
  const box = await picture.boundingBox();
  if (box === null) throw new Error('there is no picture');
  expect(box.width).toBeLessThan(390);
  await picture.click({ position: { x: box.width / 2, y: box.height / 4 } });
  await eventually(() => computer.performed).toEqual([
    expect.stringMatching(/^click at (?:319|320|321),(?:99|100|101)$/),
  ]);
  await eventually(() => picture.getAttribute('src')).not.toBe(before);
  await page.keyboard.type('hello');
  await page.keyboard.press('Enter');
  await page.mouse.wheel(0, 200);
  await eventually(() => computer.performed.slice(1)).toEqual(['type 5 characters', 'press Enter', 'scroll by 0,200']);
  await page.getByLabel('Type where the cursor is').fill('a word');
  await page.getByRole('button', { name: 'Type', exact: true }).click();
  await page.getByRole('button', { name: 'Tab', exact: true }).click();
  await eventually(() => computer.performed.slice(4)).toEqual(['type 6 characters', 'press Tab']);
  await page.getByLabel('Note for the model').fill('Done.');
  await page.getByRole('button', { name: 'Hand back' }).click();
  expect((await handedBack)?.join()).toContain('They said: Done.');
  await page.getByText('The model controls the browser again').waitFor();
  expect(complaints).toEqual([]);
});
