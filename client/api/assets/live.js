// Keeps the page of a job, a batch, a tool request or an experiment live: on an event it fetches the page's fragment again, at most a few times a
// second, and changes only what differs, so that focus, scrolling, pictures and an opened result stay.
const place = document.querySelector('#live');
const announcement = document.querySelector('#announcement');
const { fragment, every } = place.dataset;
const events = place.dataset.events === undefined ? undefined : new EventSource(place.dataset.events);
let timer;

async function refresh() {
  timer = undefined;
  const answer = await fetch(fragment);
  if (!answer.ok) return;
  const fresh = document.createElement('template');
  fresh.innerHTML = await answer.text();
  for (const part of fresh.content.querySelectorAll('section')) settle(document.getElementById(part.id), part);
  const ended = fresh.content.querySelector('[data-ended]');
  if (ended === null) return;
  clearInterval(ticking);
  announcement.textContent = ended.dataset.ended;
}

// Makes a node like another, keeping the parts that are the same.
function settle(old, fresh) {
  if (old.isEqualNode(fresh)) return;
  // Content that another script fills in is left alone.
  if (old.dataset?.kept !== undefined && old.id === fresh.id) return;
  // A node with another id is replaced as a whole: a form must not turn into another one while it is used.
  const another = old.nodeName !== fresh.nodeName || old.id !== fresh.id;
  if (another || old.nodeType !== Node.ELEMENT_NODE || old.nodeName === 'IFRAME') {
    old.replaceWith(fresh);
    return;
  }
  for (const name of old.getAttributeNames()) {
    // What a reader has unfolded stays open.
    if (name !== 'open' && !fresh.hasAttribute(name)) old.removeAttribute(name);
  }
  for (const { name, value } of fresh.attributes) {
    if (old.getAttribute(name) !== value) old.setAttribute(name, value);
  }
  const nodes = [...fresh.childNodes];
  for (const [index, node] of nodes.entries()) {
    const same = old.childNodes[index];
    if (same === undefined) old.append(node);
    else settle(same, node);
  }
  while (old.childNodes.length > nodes.length) old.lastChild.remove();
}

function soon() {
  timer ??= setTimeout(refresh, 250);
}

// Pages without events are refreshed at intervals, while they are visible.
const ticking = every === undefined ? undefined : setInterval(() => document.hidden || soon(), Number(every));

events?.addEventListener('message', ({ data }) => {
  // Those of an experiment only tell that something has changed.
  announcement.textContent = JSON.parse(data).message ?? '';
  soon();
});
events?.addEventListener('end', () => {
  events.close();
  clearInterval(ticking);
  soon();
});
