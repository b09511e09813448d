/** Puts images into the places that a composed document has for them: inside the HTML, or beside it in a mail. */
import type { ImageSource } from './body-html.ts';
import type { LoadedImage, Picture } from './images.ts';

const places = /<img src="lodestone-image:(\d+)"( alt="[^"]*")( class="logo")? \/>/g;

/** The picture's own bytes as its address, for a document that stands by itself. */
export function dataUrl({ mediaType, content }: Picture): string {
  return `data:${mediaType};base64,${content.toString('base64')}`;
}

/** `addressOf` is asked once for each place. An image that could not be loaded leaves its words and the reason there. */
export function placeImages(
  html: string,
  sources: readonly ImageSource[],
  images: readonly LoadedImage[],
  addressOf: (picture: Picture, index: number) => string,
): { readonly html: string; readonly notes: readonly string[] } {
  const notes: string[] = [];
  const placed = html.replaceAll(places, (_tag, number: string, alternative: string, logo: string | undefined) => {
    const index = Number(number);
    const image = images[index];
    if (image !== undefined && 'picture' in image) {
      return `<img src="${addressOf(image.picture, index)}"${alternative}${logo ?? ''} />`;
    }
    const why = image === undefined ? 'it was not loaded' : image.problem;
    const source = sources[index]?.source ?? '';
    notes.push(`the image ${source.slice(0, 200)} is not shown: ${why}`);
    return `<span class="no-image">[image not shown: ${alternative.slice(' alt="'.length, -1)}]</span>`;
  });
  return { html: placed, notes };
}
