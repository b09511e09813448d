import { test, onTestFinished } from 'vitest';
import { launchChromium } from '../../demo/state-strip/chromium.ts';
import { aiStep } from '../../support/definitions.ts';
import { testApi, serveApp } from './harness.ts';
test('shots', async () => {
  const api = await testApi();
  const { store } = api;
  const url = await serveApp(api.app);
  const browser = await launchChromium();
  onTestFinished(() => browser.close());
  const form = {
    fields: [
      {
        id: 'email',
        type: 'email',
        label: 'Your e-mail',
        required: true,
        help: 'We send the report there.',
        placeholder: 'you@example.com',
      },
      { id: 'website', type: 'url', label: 'Your website', required: true, placeholder: 'https://' },
      { id: 'size', type: 'radio', label: 'How large is your team?', options: ['Just me', '2 to 10', 'More'] },
      { id: 'trade', type: 'select', label: 'Trade', options: ['Shop', 'Agency'] },
      { id: 'words', type: 'textarea', label: 'What should we look at?' },
      { id: 'terms', type: 'checkbox', label: 'I agree to be written to', required: true },
      { id: 'logo', type: 'file', label: 'Logo' },
    ],
    submitLabel: 'Send me the audit',
  };
  const parts = {
    slug: 'test',
    name: 'Website audit',
    description: 'A look at your site by a browser that acts like a visitor, with what would stop one from buying.',
    form,
    steps: [
      { id: 'look', kind: 'computer_use', title: 'Look at the site', startUrl: '{{form.website}}', goal: 'x' },
      aiStep('findings', { title: 'Write the findings', needs: ['look'] }),
      { id: 'report', kind: 'render', title: 'Make the report', needs: ['findings'], template: '# Hi', pdf: true },
    ],
    deliver: [
      { kind: 'email', to: '{{form.email}}', subject: 'x', attach: ['report.pdf'] },
      { kind: 'webhook', url: 'https://crm.example.com/hook' },
    ],
  };
  const { leadMagnet } = await import('../../support/definitions.ts');
  await store.leadMagnets.save('default', leadMagnet(parts), new Date());
  const submitted = async () => {
    const r = await api.post('/v1/lead-magnets/test/submissions', {
      form: { email: 'ada@example.com', website: 'https://example.com', terms: true },
    });
    return ((await r.json()) as any).id as string;
  };
  const at = () => new Date().toISOString();
  const accepted = await submitted(),
    running = await submitted(),
    completed = await submitted(),
    failed = await submitted();
  const pg = await browser.newPage({ viewport: { width: 1024, height: 640 } });
  await pg.goto(url + '/');
  const shot = await pg.screenshot();
  await pg.close();
  const open = async (jobId: string) => {
    const input = {
      tenant: 'default',
      version: 1,
      definition: leadMagnet(parts),
      form: {},
      submittedAt: at(),
      jobUrl: null,
    };
    await store.jobs.open(jobId, input, new Date());
    await store.events.append({ jobId, type: 'job.started', message: 'started' });
  };
  for (const jobId of [running, completed, failed]) {
    await open(jobId);
    await store.artifacts.put({
      jobId,
      stepId: 'look',
      name: 'look.screen-0003.png',
      mediaType: 'image/png',
      content: shot,
      deliverable: false,
    });
    await store.jobs.changeStep({
      jobId,
      stepId: 'look',
      generation: 1,
      state: 'running',
      attempts: 2,
      iterations: 7,
      rung: 'restored',
      screenshot: 'look.screen-0003.png',
      note: 'click at 412, 300 on https://example.com/prices',
      at: at(),
    });
    await store.events.append({
      jobId,
      type: 'step.looked',
      stepId: 'look',
      message: 'looked at https://example.com/prices',
    });
    await store.modelCalls.record({
      responseId: jobId,
      jobId,
      stepId: 'look',
      model: 'm',
      usage: { modelCalls: 1, inputTokens: 100, cachedInputTokens: 0, outputTokens: 10, costUsd: 0.0231 } as never,
    });
  }
  for (const s of ['look', 'findings', 'report']) {
    await store.jobs.changeStep({
      jobId: completed,
      stepId: s,
      generation: 1,
      state: 'running',
      attempts: 1,
      at: at(),
    });
    await store.jobs.changeStep({
      jobId: completed,
      stepId: s,
      generation: 1,
      state: 'succeeded',
      note: null,
      at: at(),
    });
  }
  await store.artifacts.put({
    jobId: completed,
    stepId: 'report',
    name: 'report.html',
    mediaType: 'text/html; charset=utf-8',
    content: Buffer.from(
      '<body style="font-family:sans-serif;padding:2rem"><h1>Audit of example.com</h1><p>The prices are clear.</p>',
    ),
    deliverable: true,
  });
  await store.artifacts.put({
    jobId: completed,
    stepId: 'report',
    name: 'report.pdf',
    mediaType: 'application/pdf',
    content: Buffer.alloc(42000),
    deliverable: true,
  });
  await store.jobs.changeDelivery({
    jobId: completed,
    deliveryId: 'email_1',
    state: 'delivered',
    attempts: 1,
    target: 'ada@example.com',
    at: at(),
  });
  await store.jobs.changeDelivery({
    jobId: completed,
    deliveryId: 'webhook_2',
    state: 'failed',
    attempts: 3,
    target: 'https://crm.example.com/hook',
    reason: { type: 'receiver_refused', message: 'The receiver answered 410 Gone.' },
    at: at(),
  });
  await store.jobs.close(completed, 'completed', null, new Date());
  const reason = { type: 'budget' as const, message: 'The budget of $0.50 for this step is spent after 7 iterations.' };
  await store.jobs.changeStep({
    jobId: failed,
    stepId: 'look',
    generation: 1,
    state: 'failed',
    reason,
    note: null,
    at: at(),
  });
  for (const s of ['findings', 'report'])
    await store.jobs.changeStep({ jobId: failed, stepId: s, generation: 1, state: 'skipped', at: at() });
  await store.jobs.close(failed, 'failed', reason, new Date());
  for (const [scheme, width] of [
    ['light', 1280],
    ['dark', 1280],
    ['light', 390],
    ['dark', 390],
  ] as const) {
    const page = await browser.newPage({ viewport: { width, height: 800 }, colorScheme: scheme });
    for (const [name, path] of [
      ['home', '/'],
      ['form', '/f/test'],
      ['accepted', '/jobs/' + accepted],
      ['running', '/jobs/' + running],
      ['completed', '/jobs/' + completed],
      ['failed', '/jobs/' + failed],
      ['reference', '/reference'],
    ] as const) {
      await page.goto(url + path);
      if (name === 'reference') await page.getByText('Submit the form').waitFor();
      await page.waitForTimeout(250);
      const over = await page.evaluate('document.documentElement.scrollWidth');
      if (Number(over) > width) console.log('OVERFLOW', name, width, over);
      await page.screenshot({ path: `/tmp/shots/${name}-${width}-${scheme}.png`, fullPage: name !== 'reference' });
    }
    await page.goto(url + '/f/test');
    await page.keyboard.press('Tab');
    await page.keyboard.type('ada');
    await page.keyboard.press('Enter');
    await page.getByRole('alert').waitFor();
    await page.screenshot({ path: `/tmp/shots/errors-${width}-${scheme}.png`, fullPage: true });
    await page.close();
  }
});
