/**
 * Makes drop-downs usable by mouse. Chromium draws the list of a `<select>` in a separate window, which is visible in
 * screenshots but gets no clicks: they go to the page below. A list of the newer kind, which the page draws itself,
 * accepts clicks, the wheel and keys. Runs in every page before its own scripts.
 */
import type { BrowserContext } from 'playwright-core';

const script = `(() => {
  const pickerSheet = new CSSStyleSheet();
  pickerSheet.replaceSync('select::picker(select) { appearance: base-select !important }');
  // Changed only when it is opened, so that the page looks as it was made.
  addEventListener('pointerdown', (event) => {
    const select = event.composedPath().find((element) => element instanceof HTMLSelectElement);
    if (select === undefined || select.multiple || select.size > 1) return;
    const root = select.getRootNode();
    if (!root.adoptedStyleSheets.includes(pickerSheet)) root.adoptedStyleSheets.push(pickerSheet);
    select.style.setProperty('appearance', 'base-select', 'important');
  }, true);
  // The same windows of dates and colours have no such kind: they stay shut, and the field takes keys.
  const inWindows = ['color', 'date', 'datetime-local', 'month', 'time', 'week'];
  addEventListener('click', (event) => {
    const field = event.composedPath()[0];
    if (field instanceof HTMLInputElement && inWindows.includes(field.type)) event.preventDefault();
  }, true);
})()`;

export async function openListsInPage(context: BrowserContext): Promise<void> {
  await context.addInitScript(script);
}
