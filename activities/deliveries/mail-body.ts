/**
 * The body of a mail: plain text, or Markdown that is sent as HTML with its images and with the text as an alternative.
 */
import { Context } from '@temporalio/activity';
import type { Store } from '../../store/store.ts';
import type { DeliveryActivityInput } from '../../workflows/contract/jobs/job.ts';
import type { JsonObject } from '../../workflows/contract/json/json.ts';
import type { EmailDelivery } from '../../workflows/contract/lead-magnets/lead-magnet.ts';
import { fillTemplate } from '../../workflows/contract/lead-magnets/template.ts';
import type { GuardedHttp } from '../http/guarded-fetch.ts';
import type { MailMessage } from '../ports.ts';
import { composeInThread, placeInThread } from '../render/compose-in-thread.ts';
import { loadImages } from '../render/images.ts';
import { contentIdOf } from '../render/place-images.ts';
import { recordNotes } from '../render/record-notes.ts';

const defaultText = 'Your result is attached.\n\n{{leadMagnet.name}}\n';

/** Whatever the mail does not show is recorded as an event of the job. */
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
  const composed = await composeInThread(wanted, job.leadMagnet, signal);
  const images = await loadImages({ artifacts: store.artifacts, http, jobId: job.id, signal }, composed.images);
  const placing = { html: composed.html, sources: composed.images, images, how: 'beside' } as const;
  const { content, notes, shown } = await placeInThread(placing, job.tenant, signal);
  await recordNotes(store.events, job.id, [...composed.notes, ...notes], { delivery: input.deliveryId });
  const attachments = shown.flatMap((index) => {
    const image = images[index];
    if (image === undefined || !('picture' in image)) return [];
    const { mediaType, content: bytes } = image.picture;
    const name = `image-${index}.${mediaType.replace('image/', '')}`;
    return { name, mediaType, content: bytes, contentId: contentIdOf(index) };
  });
  const html = new TextDecoder().decode(content);
  const text = fillTemplate(delivery.text ?? delivery.markdown, data, 'text');
  return { text, html, attachments };
}
