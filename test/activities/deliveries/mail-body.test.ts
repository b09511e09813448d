import { describe, expect, it } from 'vitest';
import { mailBody } from '../../../activities/deliveries/mail-body.ts';
import { createGuardedHttp } from '../../../activities/http/guarded-fetch.ts';
import type { JsonObject } from '../../../workflows/contract/json/json.ts';
import { EmailDeliverySchema } from '../../../workflows/contract/lead-magnets/lead-magnet.ts';
import { activityPlace, deliveryInput, job, storeWithJob } from '../../support/jobs/activity-inputs.ts';
import { aiStep } from '../../support/definitions.ts';

const png = Buffer.from('89504e470d0a1a0a0000', 'hex');
const http = createGuardedHttp({ allowPrivateOrigins: [] });

async function bodyOf(parts: JsonObject, data: JsonObject = {}) {
  const email = { kind: 'email', to: 'ann@example.com', subject: 'Result', ...parts };
  const { store, definition } = await storeWithJob({ steps: [aiStep('look')], deliver: [email] });
  const screen = { jobId: job.id, stepId: 'look', name: 'look.screen-0001.png', mediaType: 'image/png' };
  await store.artifacts.put({ ...screen, content: png, deliverable: false });
  const delivery = EmailDeliverySchema.parse(definition.deliver[0]);
  const compose = () => mailBody({ store, http }, deliveryInput(definition), delivery, data);
  const body: Awaited<ReturnType<typeof compose>> = await activityPlace().run(compose);
  return { body, events: await store.events.after(job.id, 0, 100) };
}

describe("a mail's body", () => {
  it('as Markdown is HTML with its images beside it, and the Markdown beside it as text', async () => {
    const markdown = '# Hello {{form.website}}\n\n![Page](artifact:look.screen-0001.png)';
    const { body, events } = await bodyOf({ markdown }, { form: { website: 'Ann\n# Bob' } });
    expect(body.html).toContain('<h1 dir="auto">Hello Ann<br />\n# Bob</h1>');
    expect(body.html).toContain('<img src="cid:image-0@lodestone" alt="Page" />');
    expect(body.attachments).toEqual([
      { name: 'image-0.png', mediaType: 'image/png', content: png, contentId: 'image-0@lodestone' },
    ]);
    expect(body.text).toBe('# Hello Ann\n# Bob\n\n![Page](artifact:look.screen-0001.png)');
    expect(events.filter(({ type }) => type === 'render.note')).toEqual([]);
  });

  it('records in an event of the job which image it does not show', async () => {
    const { body, events } = await bodyOf(
      { markdown: '![Page](artifact:look.screen-0002.png)', text: 'Hi {{form.website}}' },
      { form: { website: 'A\nB' } },
    );
    expect(body).toMatchObject({ text: 'Hi A\nB', attachments: [] });
    expect(body.html).toContain('[image not shown: Page]');
    expect(events.find(({ type }) => type === 'render.note')?.message).toContain('look.screen-0002.png');
  });

  it('has an image that stands at many places beside it once', async () => {
    const { body, events } = await bodyOf({ markdown: '![Page](artifact:look.screen-0001.png) '.repeat(100) });
    expect(body.html?.match(/<img src="cid:image-0@lodestone"/g)).toHaveLength(100);
    expect(body.attachments).toHaveLength(1);
    expect(events.filter(({ type }) => type === 'render.note')).toEqual([]);
  });

  it('as text keeps the lines of its values and has no HTML', async () => {
    const { body } = await bodyOf({ text: 'Hi {{form.website}}' }, { form: { website: 'A\n\n# B' } });
    expect(body).toEqual({ text: 'Hi A\n\n# B', html: null, attachments: [] });
  });
});
