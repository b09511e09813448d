/** Files of a tool request: by value, as anybody can send them, or by path on the machine of the API. */
import { z } from 'zod';

/** So many characters are taken before the limits of the settings are looked at. */
const mostCharacters = 100_000_000;

const FileSchema = z.strictObject({
  name: z.string().min(1).max(500).describe('what the file is called, as in src/app.ts'),
  content: z.string().max(mostCharacters).describe('its text, or its bytes in base64'),
  encoding: z
    .enum(['text', 'base64'])
    .optional()
    .describe('base64 for an image (PNG, JPEG, WebP or GIF); text when left out'),
});
export type SentFile = z.infer<typeof FileSchema>;

export const fileFields = {
  files: z
    .array(FileSchema)
    .max(200)
    .optional()
    .describe('texts and images by name and content; they stay in the conversation'),
  paths: z
    .array(z.string().min(1).max(4096))
    .max(200)
    .optional()
    .describe(
      "absolute paths of texts and images on the API's machine, below LODESTONE_FILE_ROOTS; they stay in the conversation",
    ),
};

/** The kinds of images that models take. */
export const imageTypes = ['image/png', 'image/jpeg', 'image/webp', 'image/gif'] as const;
export type ImageType = (typeof imageTypes)[number];

/** A file that is kept with a request. */
export interface ToolFile {
  readonly name: string;
  readonly bytes: number;
  readonly sha256: string;
  /** Null for text. */
  readonly imageType: ImageType | null;
}
