/** The body of a mail: plain text, or Markdown that is sent as HTML with its images and has the text beside it. */
import { Context } from '@temporalio/activity';
import type { Store } from '../../store/store.ts';
import type { DeliveryActivityInput } from '../../workflows/contract/job.ts';
import type { JsonObject } from '../../workflows/contract/json.ts';
import type { EmailDelivery } from '../../workflows/contract/lead-magnet.ts';
import { fillTemplate } from '../../workflows/contract/template.ts';
import type { GuardedHttp } from '../http/guarded-fetch.ts';
import type { MailMessage } from '../ports.ts';
import { composeInThread } from '../render/compose-in-thread.ts';
import { loadImages, type Picture } from '../render/images.ts';
import { placeImages } from '../render/place-images.ts';

const defaultText = 'Your result is attached.\n\n{{leadMagnet.name}}\n';

/** What is not shown in it is told as an event of the job. */
export async function mailBody(
  { store, http }: { readonly store: Store; readonly http: GuardedHttp },
  input: DeliveryActivityInput,
  delivery: EmailDelivery,
  data: JsonObject,
): Promise<Pick<MailMessage, 'text' | 'html' | 'attachments'>> {
  if (delivery.markdown === undefined) {
    return { text: fillTemplate(delivery.text ?? defaultText, data, 'text'), html: null, attachments: [] };
  }
  const { job } = input;
  const signal = Context.current().cancellationSignal;
  const wanted = { template: delivery.markdown, data, fallbackTitle: job.leadMagnetName, look: job.look };
  const composed = await composeInThread(wanted, job.tenant, signal);
  const images = await loadImages({ artifacts: store.artifacts, http, jobId: job.id, signal }, composed.images);
  const attached = new Map<string, Picture>();
  const { html, notes } = placeImages(composed.html, composed.images, images, (picture, index) => {
    const id = `image-${index}@lodestone`;
    attached.set(id, picture);
    return `cid:${id}`;
  });
  for (const message of [...composed.notes, ...notes]) {
    await store.events.append({ jobId: job.id, type: 'render.note', message, data: { delivery: input.deliveryId } });
  }
  const attachments = [...attached].map(([contentId, { mediaType, content }]) => {
    const name = `${contentId.split('@')[0]}.${mediaType.replace('image/', '')}`;
    return { name, mediaType, content, contentId };
  });
  const text = fillTemplate(delivery.text ?? delivery.markdown, data, 'text');
  return { text, html, attachments };
}
