/** The files of `/v1/files`: requests and answers of batches, in memory only. */
import { z } from 'zod';
import type { Answer } from '../responses/answer.ts';
import type { ApiCall } from '../http/api-call.ts';
import { invalidRequest, notFound } from '../http/api-error.ts';
import { newId } from '../ids.ts';
import { listPage } from '../http/list-page.ts';
import { nowInSeconds } from '../responses/response-object.ts';

interface FileObject {
  readonly id: string;
  readonly object: 'file';
  readonly bytes: number;
  readonly created_at: number;
  readonly filename: string;
  readonly purpose: string;
  readonly status: 'processed';
}

interface StoredFile {
  readonly object: FileObject;
  readonly content: Buffer;
}

export class Files {
  readonly #stored = new Map<string, StoredFile>();

  add(filename: string, purpose: string, content: Buffer): FileObject {
    const id = newId('file');
    const times = { created_at: nowInSeconds(), bytes: content.length, status: 'processed' as const };
    const object: FileObject = { id, object: 'file', filename, purpose, ...times };
    this.#stored.set(id, { object, content });
    return object;
  }

  get(id: string): StoredFile {
    const file = this.#stored.get(id);
    if (file === undefined) throw notFound(`No such File object: ${id}`, 'id');
    return file;
  }

  delete(id: string): void {
    this.get(id);
    this.#stored.delete(id);
  }

  list(purpose: string | null): readonly FileObject[] {
    const all = [...this.#stored.values()].map(({ object }) => object);
    return purpose === null ? all : all.filter((file) => file.purpose === purpose);
  }
}

const UploadSchema = z.object({ purpose: z.enum(['batch', 'user_data']), file: z.instanceof(File) });

/** `rest` is the path after `/v1/files`: empty, `/ID` or `/ID/content`. */
export async function answerFiles(files: Files, { method, path, query, body, note }: ApiCall): Promise<Answer> {
  const [id = '', part] = path.split('/').slice(3);
  if (id === '' && method === 'POST') {
    const form = UploadSchema.safeParse(body instanceof FormData ? Object.fromEntries(body) : {});
    if (!form.success) throw invalidRequest("'file' and a known 'purpose' are required.", 'file');
    const { file, purpose } = form.data;
    const object = files.add(file.name, purpose, Buffer.from(await file.arrayBuffer()));
    note({ outcome: 'uploaded' });
    return json(object);
  }
  if (id === '') {
    note({ outcome: 'listed' });
    return json(listPage(files.list(query.get('purpose')), query));
  }
  if (method === 'DELETE') {
    files.delete(id);
    note({ outcome: 'deleted' });
    return json({ id, object: 'file', deleted: true });
  }
  const { object, content } = files.get(id);
  note({ outcome: part === 'content' ? 'read' : 'found' });
  return part === 'content' ? { kind: 'bytes', bytes: content } : json(object);
}

function json(body: unknown): Answer {
  return { kind: 'json', status: 200, body };
}
