// Shows the first rows of a chosen file as they would be read, before it is sent. The form works without this.
const shownBytes = 64 * 1024;
let asked = 0;

// On the document, since the form is renewed with the page.
document.addEventListener('change', ({ target }) => {
  const form = target.closest('form[data-preview]');
  if (form !== null) void preview(form);
});

async function preview(form) {
  const place = form.querySelector('#items-preview');
  const [file] = form.elements.namedItem('items').files;
  const mine = (asked += 1);
  if (file === undefined) return place.replaceChildren();
  const [delimiter, encoding] = ['delimiter', 'encoding'].map((name) => form.elements.namedItem(name).value);
  const query = new URLSearchParams({ name: file.name, cut: file.size > shownBytes, delimiter, encoding });
  const answer = await fetch(`${form.dataset.preview}?${query}`, {
    method: 'POST',
    body: file.slice(0, shownBytes),
    headers: { accept: 'application/json' },
  });
  const text = answer.ok ? await answer.text() : (await answer.json()).detail;
  // The file may have been changed for another meanwhile.
  if (mine !== asked) return;
  if (answer.ok) place.innerHTML = text;
  else place.textContent = text;
}
