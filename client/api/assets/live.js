// Keeps the job page live: on every event of the job its fragment is fetched again, at most a few times a second.
const place = document.querySelector('#job');
const id = place.dataset.job;
const events = new EventSource(`/v1/jobs/${id}/events?cursor=0`);
let timer;

async function refresh() {
  timer = undefined;
  const answer = await fetch(`/jobs/${id}/fragment`);
  if (answer.ok) place.innerHTML = await answer.text();
}

function soon() {
  timer ??= setTimeout(refresh, 250);
}

const types = [
  'job.accepted',
  'job.started',
  'job.ended',
  'job.cancel_requested',
  'step.started',
  'step.resumed',
  'step.looked',
  'step.attempt_failed',
  'step.succeeded',
  'step.failed',
  'step.skipped',
  'step.timed_out',
  'step.cancelled',
  'browser.opened',
  'budget.warning',
  'egress.denied',
  'delivery.delivered',
  'delivery.failed',
  'delivery.attempt_failed',
  'delivery.skipped',
  'delivery.uncertain',
];
for (const type of types) events.addEventListener(type, soon);
events.addEventListener('end', () => {
  events.close();
  soon();
});
