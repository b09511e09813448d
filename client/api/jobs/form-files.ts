/** Files that a visitor sends with a hosted form: each becomes an artifact of the job, and its name the field's value. */
import { createHash } from 'node:crypto';

export interface FormFile {
  readonly field: string;
  /** Of the artifact: `form.<field>.<the file's own name, made safe>`. */
  readonly name: string;
  readonly mediaType: string;
  readonly content: Uint8Array;
}

/** Takes the files out of a form's values. A field that was left empty has no value. */
export async function takeFormFiles(
  raw: Readonly<Record<string, unknown>>,
): Promise<{ readonly values: Readonly<Record<string, unknown>>; readonly files: readonly FormFile[] }> {
  const values: Record<string, unknown> = {};
  const files: FormFile[] = [];
  for (const [field, value] of Object.entries(raw)) {
    if (!(value instanceof File)) values[field] = value;
    else if (value.size > 0) {
      const name = `form.${field}.${safeName(value.name)}`;
      const content = new Uint8Array(await value.arrayBuffer());
      files.push({ field, name, mediaType: value.type === '' ? 'application/octet-stream' : value.type, content });
      values[field] = name;
    }
  }
  return { values, files };
}

/** A visitor's file name is no path: what could lead out of a folder, or into a header, is replaced. */
function safeName(name: string): string {
  const safe = name
    .replaceAll(/[^\w.-]+/g, '_')
    .replace(/^[._]+/, '')
    .slice(-100);
  return safe === '' ? 'file' : safe;
}

/** Tells two sets of files apart. */
export function hashesOfFiles(files: readonly FormFile[]): readonly string[] {
  return files.map(({ name, content }) => `${name} ${createHash('sha256').update(content).digest('hex')}`);
}
