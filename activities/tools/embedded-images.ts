/** The images of a conversation as a model gets them: the newest ones, within bounds of number and bytes. */
import type { ImageType, ToolFile } from '../../workflows/contract/tools/files.ts';

/** Of one prompt: what all providers take, and what can be encoded without holding up the worker. */
const mostImages = 20;
const mostBytes = 10 * 2 ** 20;

interface ImageFile extends ToolFile {
  readonly imageType: ImageType;
}

export function isImage<File extends ToolFile>(file: File): file is File & ImageFile {
  return file.imageType !== null;
}

export interface EmbeddedImages {
  /** A sentence for each image, by which the model knows its name. */
  readonly blocks: readonly string[];
  /** `data:` URLs, in the order of the sentences. */
  readonly urls: readonly string[];
}

/** `images` are ordered by age, the oldest first. */
export async function embeddedImages(
  images: readonly ImageFile[],
  read: (sha256: string) => Promise<Buffer>,
): Promise<EmbeddedImages> {
  let left = mostBytes;
  const fitting = new Set(
    images
      .slice(-mostImages)
      .toReversed()
      .filter(({ bytes }) => (left -= bytes) >= 0),
  );
  const urls: string[] = [];
  const blocks: string[] = [];
  for (const image of images) {
    if (!fitting.has(image)) {
      blocks.push(`(the image ${image.name} is left out: newer images have taken the room)`);
      continue;
    }
    urls.push(`data:${image.imageType};base64,${(await read(image.sha256)).toString('base64')}`);
    blocks.push(`(image ${urls.length} of this message is ${image.name})`);
  }
  return { blocks, urls };
}
