/**
 * Puts images into their places in a composed document: inside the HTML, or beside it in a mail. A pure function that
 * runs in a thread, because a list in the data may create many places for one image.
 */
import { imageText, type ImageSource } from './body-html.ts';
import type { LoadedImage } from './images.ts';
import { cutText } from '../../workflows/contract/cut-text.ts';

export interface PlaceInput {
  readonly html: string;
  readonly sources: readonly ImageSource[];
  /** One for each source, in order. */
  readonly images: readonly LoadedImage[];
  /** `inside`: the picture's bytes are its address, at each place. `beside`: its address names an attachment. */
  readonly how: 'inside' | 'beside';
}

export interface Placed {
  /** UTF-8: the thread also encodes long texts. */
  readonly content: Uint8Array;
  /** Images that are not shown, one sentence for each image and reason. */
  readonly notes: readonly string[];
  /** The indexes of the images that have a place. */
  readonly shown: readonly number[];
}

const places = /<img src="lodestone-image:(\d+)"( alt="[^"]*")( class="logo")? \/>/g;
/** Limit for pictures inside a document, at all their places. */
const mostBytes = 20_000_000;

/** The name of an image among the attachments of its mail. */
export function contentIdOf(index: number): string {
  return `image-${index}@lodestone`;
}

/** An image that cannot be shown is replaced by its alternative text and the reason. */
export default function placeImages({ html, sources, images, how }: PlaceInput): Placed {
  const missing = new Map<string, number>();
  const addresses = new Map<number, string>();
  let bytes = 0;
  const problemOf = (image: LoadedImage | undefined): string | null => {
    if (image === undefined) return 'it was not loaded';
    if ('problem' in image) return image.problem;
    const { byteLength } = image.picture.content;
    if (how === 'beside') return null;
    if (bytes + byteLength > mostBytes) return `the images at all places are larger than ${mostBytes / 1_000_000} MB`;
    bytes += byteLength;
    return null;
  };
  const placed = html.replaceAll(places, (_tag, number: string, alternative: string, logo: string | undefined) => {
    const index = Number(number);
    const image = images[index];
    const problem = problemOf(image);
    if (problem !== null || image === undefined || 'problem' in image) {
      const note = `the image ${cutText(sources[index]?.source ?? '', 200)} is not shown: ${problem}`;
      missing.set(note, (missing.get(note) ?? 0) + 1);
      return imageText(alternative.slice(' alt="'.length, -1));
    }
    const address = addresses.get(index) ?? (how === 'beside' ? `cid:${contentIdOf(index)}` : dataUrl(image.picture));
    addresses.set(index, address);
    return `<img src="${address}"${alternative}${logo ?? ''} />`;
  });
  const notes = [...missing].map(([note, times]) => (times === 1 ? note : `${note} (at ${times} places)`));
  return { content: Buffer.from(placed), notes, shown: [...addresses.keys()] };
}

/** The picture's bytes as its address, for a self-contained document. */
function dataUrl({ mediaType, content }: Extract<LoadedImage, { picture: unknown }>['picture']): string {
  return `data:${mediaType};base64,${Buffer.from(content).toString('base64')}`;
}
