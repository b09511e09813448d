// Makes the picture of a browser that a person controls live: it is renewed when it changes, and clicks, keys and the
// wheel on it are sent to the browser. Without this script the page works by its forms.
const place = document.querySelector('#control');
const { job, step, width } = place.dataset;
const address = `/v1/jobs/${job}/steps/${encodeURIComponent(step)}/control`;
const fragment = `/jobs/${job}/steps/${encodeURIComponent(step)}/control/fragment`;
const pollMilliseconds = 400;
const typingMilliseconds = 350;
let known = '';
let typed = '';
let typingTimer;
let saidAll = false;

place.classList.add('scaled');

const picture = () => place.querySelector('.touch input[type=image]');

// One request at a time, so that answers never arrive out of order.
async function follow() {
  try {
    const answer = await fetch(`${address}?watching`);
    if (answer.ok) await renew(await answer.json());
  } catch {
    // The API is away for a moment: the request is repeated.
  }
  setTimeout(follow, pollMilliseconds);
}

async function renew({ control }) {
  const now = JSON.stringify([control?.state, control?.screen, control?.actions]);
  if (now === known) return;
  const answer = await fetch(fragment);
  if (!answer.ok) return;
  known = now;
  const fresh = document.createElement('template');
  fresh.innerHTML = await answer.text();
  const stateOf = (root) => root.querySelector('#standing')?.dataset.state;
  const isAlike = stateOf(place) === stateOf(fresh.content) && picture() !== null;
  if (!isAlike) {
    place.replaceChildren(fresh.content);
    return;
  }
  // Updates only what changed, so that half-typed text and the focus stay.
  const source = fresh.content.querySelector('.touch input[type=image]')?.getAttribute('src') ?? '';
  if (source !== '' && source !== picture().getAttribute('src')) await show(source);
  place.querySelector('.where').replaceWith(fresh.content.querySelector('.where'));
  place.querySelector('#did').replaceWith(fresh.content.querySelector('#did'));
}

// Loads a picture before it is shown, so that nothing flickers.
async function show(source) {
  const image = new Image();
  image.src = source;
  await image.decode().catch(() => undefined);
  picture()?.setAttribute('src', source);
  for (const ring of place.querySelectorAll('.pressed')) ring.remove();
}

async function act(action) {
  await fetch(`${address}/actions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(action),
  });
}

// Text that is typed without a pause is sent at once, and before anything that comes after it.
function flush() {
  clearTimeout(typingTimer);
  if (typed === '') return Promise.resolve();
  const text = typed;
  typed = '';
  return act({ type: 'type', text });
}

let line = Promise.resolve();
function inOrder(work) {
  line = line.then(work).catch(() => undefined);
}

function pointOf({ clientX, clientY }) {
  const box = picture().getBoundingClientRect();
  const scale = Number(width) / box.width;
  return { x: Math.round((clientX - box.left) * scale), y: Math.round((clientY - box.top) * scale) };
}

function press(event, as) {
  const point = pointOf(event);
  const box = picture().getBoundingClientRect();
  const ring = document.createElement('span');
  ring.className = 'pressed';
  ring.style.left = `${event.clientX - box.left}px`;
  ring.style.top = `${event.clientY - box.top}px`;
  picture().parentElement.append(ring);
  const step = as === 'scroll_down' ? 400 : -400;
  const actions = {
    click: { type: 'click', ...point, button: 'left' },
    right_click: { type: 'click', ...point, button: 'right' },
    double_click: { type: 'double_click', ...point },
  };
  inOrder(flush);
  inOrder(() => act(actions[as] ?? { type: 'scroll', ...point, scroll_x: 0, scroll_y: step }));
}

place.addEventListener('click', (event) => {
  // A key press on the picture has no position: keys are sent to the browser instead.
  if (event.target !== picture()) return;
  event.preventDefault();
  if (event.detail > 0) press(event, place.querySelector('[name=as]').value);
});
place.addEventListener('contextmenu', (event) => {
  if (event.target !== picture()) return;
  event.preventDefault();
  press(event, 'right_click');
});
place.addEventListener(
  'wheel',
  (event) => {
    if (event.target !== picture() || event.ctrlKey) return;
    event.preventDefault();
    wheel(event);
  },
  { passive: false },
);

let turned = null;
function wheel(event) {
  const first = turned === null;
  turned = { ...pointOf(event), x_by: (turned?.x_by ?? 0) + event.deltaX, y_by: (turned?.y_by ?? 0) + event.deltaY };
  if (!first) return;
  setTimeout(() => {
    const { x, y, x_by: scroll_x, y_by: scroll_y } = turned;
    turned = null;
    inOrder(() => act({ type: 'scroll', x, y, scroll_x, scroll_y }));
  }, 150);
}

place.addEventListener('keydown', (event) => {
  if (event.target !== picture()) return;
  const { key, ctrlKey, altKey, metaKey } = event;
  // Tab leaves the picture, as everywhere else; a button sends Tab to the browser.
  if (key === 'Tab' || ['Shift', 'Control', 'Alt', 'Meta'].includes(key)) return;
  event.preventDefault();
  if (key.length === 1 && !ctrlKey && !altKey && !metaKey) {
    typed += key;
    clearTimeout(typingTimer);
    typingTimer = setTimeout(() => inOrder(flush), typingMilliseconds);
    return;
  }
  const held = [ctrlKey ? 'Control' : '', altKey ? 'Alt' : '', metaKey ? 'Meta' : ''].filter((name) => name !== '');
  inOrder(flush);
  inOrder(() => act({ type: 'keypress', keys: [...held, key] }));
});

// Sends text and keys of the forms without leaving the page.
place.addEventListener('submit', (event) => {
  const { submitter, target } = event;
  const text = target.elements.namedItem('text');
  if (text !== null && text.value !== '') {
    const { value } = text;
    inOrder(() => act({ type: 'type', text: value }));
    text.value = '';
  } else if (submitter?.name === 'key') {
    inOrder(() => act({ type: 'keypress', keys: [submitter.value] }));
  } else if (submitter?.value === 'hand_back' && !saidAll) {
    // Pending input is sent first.
    inOrder(flush);
    inOrder(() => {
      saidAll = true;
      // Not within the submit event that was prevented: a form accepts no other submission meanwhile.
      setTimeout(() => target.requestSubmit(submitter));
    });
  } else {
    return;
  }
  event.preventDefault();
});

void follow();
