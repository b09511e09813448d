/**
 * Draws the state strip of a page, in a bar at the bottom of the viewport, and redraws it when anything changes.
 * The page marks what matters: `<body data-page>`, `data-target` on what can be clicked, `data-fact` on what can be
 * read, `data-flag` on what says something of the whole page. This script finds out what of it is really visible.
 */
import { cellSize, encode, fewestColumns, palette } from './encode.js';

const bar = document.createElement('div');
const canvas = document.createElement('canvas');
bar.setAttribute('aria-hidden', 'true');
bar.style.cssText = 'position:fixed;left:0;right:0;bottom:0;z-index:2147483647;background:#000';
canvas.style.cssText = 'display:block;image-rendering:pixelated';
bar.append(canvas);
// Outside of the body, whose mutations are watched: drawing must not lead to drawing.
document.documentElement.append(bar);

let loaded = Date.now();
let stamp = 0;
let rows = 0;
let drawn = '';

/** Whether a click on the element's centre would reach it: nothing covers it, and it lies in the viewport. */
function centreIfReachable(element) {
  const box = element.getBoundingClientRect();
  const x = Math.round(box.left + box.width / 2);
  const y = Math.round(box.top + box.height / 2);
  const hit = document.elementFromPoint(x, y);
  return hit !== null && element.contains(hit) ? [x, y] : null;
}

function readable(element) {
  return centreIfReachable(element) !== null;
}

function nameOfField(element) {
  return element !== null && element.matches('input, textarea') ? element.name : '';
}

function readState() {
  const targets = {};
  for (const element of document.querySelectorAll('[data-target]')) {
    const centre = centreIfReachable(element);
    if (centre !== null) targets[element.dataset.target] = centre;
  }
  const facts = {};
  for (const element of document.querySelectorAll('[data-fact]')) {
    if (readable(element)) facts[element.dataset.fact] = element.textContent.trim().replace(/\s+/g, ' ');
  }
  const fields = {};
  for (const element of document.querySelectorAll('input[data-target], textarea[data-target]')) {
    fields[element.name] = element.value.length;
  }
  const flags = [...document.querySelectorAll('[data-flag]')]
    .filter((element) => element.getClientRects().length > 0)
    .map((element) => element.dataset.flag);
  const root = document.documentElement;
  return {
    page: document.body.dataset.page,
    loaded,
    flags,
    targets,
    facts,
    fields,
    focus: nameOfField(document.activeElement),
    above: root.scrollTop > 0,
    // A pixel of tolerance: fractions of pixels never add up.
    below: root.scrollTop + root.clientHeight < root.scrollHeight - 1,
  };
}

/** Makes room. The bar only ever grows on a page: one that shrank would uncover what made it grow. */
function growTo(needed) {
  rows = needed;
  const height = window.innerHeight - Math.floor(window.innerHeight / cellSize - rows) * cellSize;
  bar.style.height = `${height}px`;
  document.documentElement.style.setProperty('--strip-height', `${height}px`);
}

/** Rows that a state takes; a stamp of today has always the same number of digits. */
function rowsFor(state, columns) {
  return encode({ ...state, stamp: Date.now() }, columns).length / columns;
}

function draw(isEvent) {
  const columns = Math.max(Math.floor(document.documentElement.clientWidth / cellSize), fewestColumns);
  let state = readState();
  // A taller bar covers more, so that the state may be another; it only grows, so this ends.
  for (let needed = rowsFor(state, columns); needed > rows; needed = rowsFor(state, columns)) {
    growTo(needed);
    state = readState();
  }
  const described = JSON.stringify(state);
  if (isEvent || described !== drawn) stamp = Math.max(stamp + 1, Date.now());
  drawn = described;
  paint(encode({ ...state, stamp }, columns), columns);
}

function paint(cells, columns) {
  canvas.width = columns * cellSize;
  canvas.height = rows * cellSize;
  const pen = canvas.getContext('2d');
  for (const [index, cell] of cells.entries()) {
    pen.fillStyle = `rgb(${palette[cell].join(',')})`;
    pen.fillRect((index % columns) * cellSize, Math.floor(index / columns) * cellSize, cellSize, cellSize);
  }
}

function drawForEvent() {
  draw(true);
}

for (const name of ['click', 'keydown', 'input', 'focusin', 'focusout', 'wheel', 'scroll', 'load']) {
  window.addEventListener(name, drawForEvent, { capture: true, passive: true });
}
window.addEventListener('pageshow', (event) => {
  // A page out of the cache of the browser's history is shown anew, though no script of it runs again.
  if (event.persisted) loaded = Date.now();
  draw(true);
});
window.addEventListener('resize', () => {
  growTo(0);
  draw(true);
});
new MutationObserver(() => draw(false)).observe(document.body, {
  subtree: true,
  childList: true,
  attributes: true,
  characterData: true,
});
draw(true);
