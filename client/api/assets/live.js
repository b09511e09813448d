// Keeps the job page live: on an event of the job its fragment is fetched anew, at most a few times a second, and only
// what changed in it is changed on the page, so that focus, scrolling, pictures and a shown result stay.
const place = document.querySelector('#job');
const announcement = document.querySelector('#announcement');
const { job, cursor } = place.dataset;
const events = new EventSource(`/v1/jobs/${job}/events?cursor=${cursor}`);
let timer;

async function refresh() {
  timer = undefined;
  const answer = await fetch(`/jobs/${job}/fragment`);
  if (!answer.ok) return;
  const fresh = document.createElement('template');
  fresh.innerHTML = await answer.text();
  for (const part of fresh.content.querySelectorAll('section')) settle(document.getElementById(part.id), part);
}

// Makes a node like another, keeping what of it is alike.
function settle(old, fresh) {
  if (old.isEqualNode(fresh)) return;
  // Another thing, told by its id, takes the place as a whole: a form must not come to ask something else under a hand.
  const another = old.nodeName !== fresh.nodeName || old.id !== fresh.id;
  if (another || old.nodeType !== Node.ELEMENT_NODE || old.nodeName === 'IFRAME') {
    old.replaceWith(fresh);
    return;
  }
  for (const name of old.getAttributeNames()) if (!fresh.hasAttribute(name)) old.removeAttribute(name);
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

events.addEventListener('message', ({ data }) => {
  announcement.textContent = JSON.parse(data).message;
  soon();
});
events.addEventListener('end', () => {
  events.close();
  soon();
});
