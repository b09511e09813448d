// Runs in the frame of a form on another site: tells that site's embed.js the form's height, when asked and whenever it
// changes, and keeps the line about progress up to date.
const origins = (document.currentScript.dataset.origins ?? '').split(' ');
let askedBy;

function postHeight() {
  if (askedBy === undefined) return;
  const height = Math.ceil(document.body.getBoundingClientRect().height);
  parent.postMessage({ type: 'lodestone:height', height }, askedBy);
}

addEventListener('message', ({ data, origin, source }) => {
  // Only to the page around the frame, and only when the lead magnet lists its origin.
  if (source !== parent || !origins.includes(origin) || data?.type !== 'lodestone:hello') return;
  askedBy = origin;
  postHeight();
});
new ResizeObserver(postHeight).observe(document.body);

// A sandboxed frame without an origin could not send the form: the visitor is told before filling it in.
const sandboxed = document.querySelector('#sandboxed');
if (sandboxed !== null) sandboxed.hidden = self.origin !== 'null';

async function look() {
  if (document.hidden) return;
  const answer = await fetch(location.href);
  if (!answer.ok) return;
  const page = new DOMParser().parseFromString(await answer.text(), 'text/html');
  const fresh = page.querySelector('#progress');
  const shown = document.querySelector('#progress');
  if (fresh.textContent !== shown.textContent) shown.textContent = fresh.textContent;
  if (fresh.dataset.every === undefined) clearInterval(ticking);
}

const every = document.querySelector('#progress')?.dataset.every;
const ticking = every === undefined ? undefined : setInterval(look, Number(every));
