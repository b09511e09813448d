// For a customer's site: embeds the form of a lead magnet in each element with data-lodestone-form, as a frame that is
// as high as its content. It changes nothing else on that page.
(() => {
  const home = new URL(document.currentScript.src).origin;
  const highest = 20_000;

  // Of this page's own parameters, only those of the campaign and those that the element names are passed on: others
  // may be private.
  function addressOf(slug, named) {
    const address = new URL(`/f/${slug}/embed`, home);
    for (const [name, value] of new URLSearchParams(location.search)) {
      if (name.startsWith('utm_') || named.includes(name)) address.searchParams.append(name, value);
    }
    return address.href;
  }

  function embed(place) {
    const slug = place.dataset.lodestoneForm;
    if (place.dataset.lodestoneReady !== undefined || !/^[a-z0-9-]+$/.test(slug)) return;
    place.dataset.lodestoneReady = '';
    const frame = document.createElement('iframe');
    frame.src = addressOf(slug, (place.dataset.lodestonePrefill ?? '').split(/[\s,]+/));
    frame.title = place.dataset.lodestoneTitle ?? 'Form';
    Object.assign(frame.style, { display: 'block', width: '100%', height: '600px', border: '0' });
    let loads = 0;
    frame.addEventListener('load', () => {
      loads += 1;
      // The browser delivers this message to a document of that origin only.
      frame.contentWindow.postMessage({ type: 'lodestone:hello' }, home);
      // After a long form was sent, the shorter page that replaces it starts further up.
      if (loads > 1) place.scrollIntoView({ block: 'nearest' });
    });
    addEventListener('message', ({ data, origin, source }) => {
      if (origin !== home || source !== frame.contentWindow || data?.type !== 'lodestone:height') return;
      if (!Number.isFinite(data.height) || data.height <= 0) return;
      frame.style.height = `${Math.min(Math.ceil(data.height), highest)}px`;
    });
    place.append(frame);
  }

  function embedAll() {
    for (const place of document.querySelectorAll('[data-lodestone-form]')) embed(place);
  }

  if (document.readyState === 'loading') document.addEventListener('DOMContentLoaded', embedAll);
  else embedAll();
})();
