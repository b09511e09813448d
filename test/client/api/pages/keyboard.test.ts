/** The hosted form and the job page in a real browser, with no mouse. */
import { expect, test } from 'vitest';
import { smallForm } from '../../../support/definitions.ts';
import { openPage } from '../../../support/browser/browser-page.ts';
import { endJob, saveSmall, serveApp, testApi } from '../harness.ts';

test('A15: the form is filled, mended and sent by keyboard alone, and the job page follows the job', async () => {
  const { app, store, temporal } = await testApi();
  const fields = [
    ...smallForm.fields,
    { id: 'size', type: 'radio', label: 'Size', options: ['small', 'large'] },
    { id: 'terms', type: 'checkbox', label: 'I agree', required: true },
  ];
  await saveSmall(store, { form: { fields } });
  const url = await serveApp(app);
  const { page, complaints } = await openPage();
  const { keyboard } = page;

  await page.goto(`${url}/f/test`);
  await keyboard.press('Tab');
  await keyboard.type('ada');
  await keyboard.press('Enter');
  await page.getByRole('alert').waitFor();
  expect(await page.getByLabel('E-mail').inputValue()).toBe('ada');
  await page.keyboard.press('Tab');
  await keyboard.press('End');
  await keyboard.type('@example.com');
  await keyboard.press('Tab');
  await keyboard.type('https://example.com');
  await keyboard.press('Tab');
  await keyboard.press('Space');
  await keyboard.press('ArrowDown');
  await keyboard.press('Tab');
  await keyboard.press('Space');
  await keyboard.press('Tab');
  await keyboard.press('Enter');
  await page.getByRole('heading', { name: 'Thank you' }).waitFor();
  await keyboard.press('Tab');
  await keyboard.press('Enter');
  await page.getByRole('heading', { name: 'Steps' }).waitFor();

  const jobId = temporal.started[0] ?? '';
  const change = { jobId, stepId: 'look', generation: 1, sequence: 1, attempt: 1, at: new Date().toISOString() };
  await store.jobs.changeStep({ ...change, state: 'running' });
  await store.events.append({ jobId, type: 'step.started', stepId: 'look', message: 'looks around' });
  await page.locator('#steps').getByText('running').waitFor();
  await endJob(store, jobId);
  await page.locator('#head').getByText('completed').waitFor();
  expect(await page.getByRole('button', { name: 'Cancel the job' }).count()).toBe(0);
  // The refused form is a 422, which a browser reports as a failed load.
  expect(complaints.filter((text) => !text.includes('422'))).toEqual([]);
});

test('A14: the reference draws the document, with nothing refused by its policy', async () => {
  const { app } = await testApi();
  const url = await serveApp(app);
  const { page, complaints } = await openPage();
  await page.goto(`${url}/reference`);
  await page.getByText('Submit the form: starts a job').waitFor();
  expect(complaints).toEqual([]);
});
