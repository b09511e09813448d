// Follows a running run: on an event of its step, it fetches the new and changed turns and inserts them.
const place = document.querySelector('#player');
const list = place.querySelector('#turns');
const { job, step, cursor: seen } = place.dataset;
const address = `/jobs/${job}/steps/${encodeURIComponent(step)}/replay/turns`;
const events = new EventSource(`/v1/jobs/${job}/events?cursor=${seen}`);
let timer;
let again = false;

async function refresh() {
  const shown = [...list.querySelectorAll('.turn')];
  // From the turn before the newest: the newest is fetched again, because its text changes when it ends.
  const cursor = shown.at(-2)?.dataset.sequence ?? '0';
  const answer = await fetch(`${address}?cursor=${cursor}`);
  if (answer.ok) {
    const fresh = document.createElement('template');
    fresh.innerHTML = await answer.text();
    for (const turn of fresh.content.querySelectorAll('.turn')) put(turn);
    place.dispatchEvent(new Event('turns'));
  }
  timer = again ? setTimeout(refresh, 250) : undefined;
  again = false;
}

function put(turn) {
  const old = document.getElementById(turn.id);
  if (old === null) {
    turn.hidden = true;
    list.append(turn);
    return;
  }
  turn.hidden = old.hidden;
  // A picture with the same address is the same: it is kept, so that it does not flicker.
  const [was, is] = [old.querySelector('.stage img'), turn.querySelector('.stage img')];
  if (was !== null && is !== null && was.getAttribute('src') === is.getAttribute('src')) is.replaceWith(was);
  old.replaceWith(turn);
}

function soon() {
  if (timer === undefined) timer = setTimeout(refresh, 250);
  else again = true;
}

events.addEventListener('message', ({ data }) => {
  const event = JSON.parse(data);
  if (event.step === step || event.type === 'job.ended') soon();
});
events.addEventListener('end', () => {
  events.close();
  soon();
  const note = document.getElementById('live');
  if (note !== null) note.textContent = 'This run has ended.';
});
