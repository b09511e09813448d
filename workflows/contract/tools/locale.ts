/** The language of a tool's answers, as a setting. */
import { z } from 'zod';

/** A BCP 47 tag of a language that is known, in its canonical form. */
export const localeSetting = z.string().transform((tag, context) => {
  const name = languageName(tag);
  if (name !== null) return new Intl.Locale(tag).baseName;
  context.addIssue({
    code: 'custom',
    message: `${tag} is not the tag of a language: write it as en, pt-BR or zh-Hant`,
  });
  return z.NEVER;
});

/** The English name of a language, as in `Brazilian Portuguese`; null for what is none. */
export function languageName(tag: string): string | null {
  try {
    const names = new Intl.DisplayNames(['en'], { type: 'language', fallback: 'none' });
    return names.of(new Intl.Locale(tag).baseName) ?? null;
  } catch {
    return null;
  }
}
