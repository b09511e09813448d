/**
 * The page of `bench:computer` that stamps its state: each change of the page is counted, and a strip of colours shows the
 * count and when the newest changes were. What a press changes, and when, is another with each press: most pages do not
 * change all at once.
 */
import { sourceOf } from '../../../demo/state-strip/page-script.ts';

const script = `
  const columns = 160;
  /** More than happen between two pictures. */
  const newest = 24;
  const kept = JSON.parse(sessionStorage.getItem('kept') ?? '{"presses":0,"count":0,"times":[]}');
  const canvas = document.querySelector('canvas');

  function change() {
    kept.count += 1;
    kept.times = [...kept.times, Date.now()].slice(-newest);
    sessionStorage.setItem('kept', JSON.stringify(kept));
    const cells = encode(
      { count: kept.count, times: kept.times.map((time, index) => time - (kept.times[index - 1] ?? 0)) },
      columns,
    );
    canvas.width = columns * cellSize;
    canvas.height = (cells.length / columns) * cellSize;
    const pen = canvas.getContext('2d');
    for (const [index, cell] of cells.entries()) {
      pen.fillStyle = 'rgb(' + palette[cell].join(',') + ')';
      pen.fillRect((index % columns) * cellSize, Math.floor(index / columns) * cellSize, cellSize, cellSize);
    }
  }

  async function fetched(milliseconds) {
    await fetch('/slow?milliseconds=' + milliseconds);
    change();
  }

  function animate(frames) {
    change();
    if (frames > 1) requestAnimationFrame(() => animate(frames - 1));
  }

  const effects = [
    () => change(),
    () => requestAnimationFrame(change),
    () => setTimeout(change, 15),
    () => setTimeout(change, 40),
    () => setTimeout(change, 90),
    () => fetched(10),
    () => fetched(60),
    () => (change(), fetched(120)),
    () => (change(), setTimeout(change, 30)),
    () => (change(), setTimeout(change, 70)),
    () => animate(6),
    () => void (location.href = '/stamped?milliseconds=50'),
  ];

  document.querySelector('button').addEventListener('click', () => {
    const effect = effects[kept.presses % effects.length];
    kept.presses += 1;
    effect();
  });
  document.querySelector('input').addEventListener('input', change);
  change();
`;

/** What stands beside the controls of a page with a button and an input. */
export const stampedPart = `<canvas style="position:fixed;left:0;bottom:0;image-rendering:pixelated"></canvas>
<script>(() => {${sourceOf('encode.js')}\n${script}})();</script>`;
