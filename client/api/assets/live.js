// Keeps the job page live: on an event of the job its fragment is fetched anew, at most a few times a second, and the
// parts of it that changed take the places of the old ones, so that focus, scrolling and a shown result stay.
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
  for (const part of fresh.content.querySelectorAll('section')) {
    const old = document.getElementById(part.id);
    if (!old.isEqualNode(part)) old.replaceWith(part);
  }
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
