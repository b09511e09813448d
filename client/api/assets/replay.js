// Makes a player of the turns on the page: one at a time, with a slider, keys and speed. The page is complete without
// it, and an exported file runs the same script without a server.
const player = document.querySelector('#player');
if (player !== null) {
  const list = player.querySelector('#turns');
  const controls = player.querySelector('.controls');
  const slider = controls.querySelector('#position');
  const ticks = controls.querySelector('.ticks');
  const output = controls.querySelector('output');
  const speed = controls.querySelector('select');
  const status = controls.querySelector('[role=status]');
  const play = controls.querySelector('[data-do=play]');
  const millisecondsPerTurn = 1200;
  /** The turn that is shown, or will be when its picture has loaded. */
  let current = 0;
  /** The number of turns at the last update. */
  let count = 0;
  let timer;

  const turns = () => [...list.querySelectorAll('.turn')];

  // Shows a turn when its picture has loaded, so that nothing flickers.
  async function show(index) {
    const all = turns();
    if (all.length === 0) return;
    const next = Math.min(Math.max(index, 0), all.length - 1);
    current = next;
    announce(all);
    await ready(all[next]);
    // Another turn was requested meanwhile.
    if (current !== next) return;
    reveal();
    for (const near of [all[next + 1], all[next + 2], all[next - 1]]) if (near !== undefined) void ready(near);
  }

  function reveal() {
    for (const [position, turn] of turns().entries()) turn.hidden = position !== current;
  }

  async function ready(turn) {
    const picture = turn.querySelector('.stage img');
    if (picture === null) return;
    picture.loading = 'eager';
    await picture.decode().catch(() => undefined);
  }

  function announce(all) {
    const turn = all[current];
    slider.max = String(all.length);
    slider.value = String(current + 1);
    const where = `${current + 1} of ${all.length}`;
    slider.setAttribute('aria-valuetext', `turn ${where}`);
    output.textContent = where;
    controls.querySelector('[data-do=previous]').disabled = current === 0;
    controls.querySelector('[data-do=next]').disabled = current === all.length - 1;
    if (timer === undefined)
      status.textContent = `Turn ${where}. ${turn.querySelector('.answer-text')?.textContent ?? ''}`;
    history.replaceState(null, '', `#${turn.id}`);
  }

  // Marks under the slider: turns with an incident, and the first turn of each attempt.
  function mark() {
    const all = turns();
    const marks = all.flatMap((turn, index) => {
      const begins = index > 0 && turn.dataset.attempt !== all[index - 1].dataset.attempt;
      const kind = begins ? 'began' : turn.dataset.odd === 'true' ? 'odd' : undefined;
      if (kind === undefined) return [];
      const tick = document.createElement('span');
      tick.className = kind;
      tick.style.left = `${all.length === 1 ? 0 : (index / (all.length - 1)) * 100}%`;
      return [tick];
    });
    ticks.replaceChildren(...marks);
  }

  function stop() {
    clearTimeout(timer);
    timer = undefined;
    play.dataset.playing = 'false';
    play.setAttribute('aria-label', 'Play');
  }

  function start() {
    play.dataset.playing = 'true';
    play.setAttribute('aria-label', 'Pause');
    const step = async () => {
      if (current >= turns().length - 1) return stop();
      await show(current + 1);
      if (timer !== undefined) timer = setTimeout(step, millisecondsPerTurn / Number(speed.value));
    };
    timer = setTimeout(step, current >= turns().length - 1 ? 0 : millisecondsPerTurn / 2 / Number(speed.value));
  }

  async function toggle() {
    if (timer !== undefined) return stop();
    // At the end, playing starts again from the beginning.
    if (current >= turns().length - 1) await show(0);
    start();
  }

  function go(index) {
    stop();
    void show(index);
  }

  controls.addEventListener('click', ({ target }) => {
    const work = target.closest('[data-do]')?.dataset.do;
    if (work === 'previous') go(current - 1);
    if (work === 'next') go(current + 1);
    if (work === 'play') void toggle();
  });
  slider.addEventListener('input', () => go(Number(slider.value) - 1));
  document.addEventListener('keydown', (event) => {
    const { key, target } = event;
    if (event.altKey || event.ctrlKey || event.metaKey || target.closest('input, select, textarea')) return;
    if (key === ' ' && target.closest('button, a, summary')) return;
    const steps = { ArrowLeft: current - 1, ArrowRight: current + 1, Home: 0, End: turns().length - 1 };
    if (key === ' ') void toggle();
    else if (key in steps) go(steps[key]);
    else return;
    event.preventDefault();
  });
  // New or changed turns arrived: a reader of the newest turn moves on with them.
  player.addEventListener('turns', () => {
    const followed = current >= count - 1;
    count = turns().length;
    mark();
    void show(followed ? count - 1 : current);
  });
  addEventListener('hashchange', () => go(asked()));

  function asked() {
    const index = turns().findIndex((turn) => `#${turn.id}` === location.hash);
    return index === -1 ? (player.dataset.live === 'true' ? turns().length - 1 : 0) : index;
  }

  controls.hidden = false;
  player.classList.add('playing');
  count = turns().length;
  mark();
  void show(asked());
  reveal();
}
