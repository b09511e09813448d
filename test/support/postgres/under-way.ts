/** Whether this process waits for PostgreSQL, so that a fake clock lets no time pass meanwhile: SQLite answers at once. */
import pg from 'pg';

let underWay = 0;
let answered = Promise.withResolvers<void>();

/** Watches a method of pg that returns a promise, unless its caller gives it a callback. */
function watch(owner: object, name: string): void {
  const method: unknown = Reflect.get(owner, name);
  if (typeof method !== 'function') throw new Error(`pg has no method ${name}`);
  Reflect.set(owner, name, function watched(this: unknown, ...input: unknown[]): unknown {
    const result: unknown = Reflect.apply(method, this, input);
    if (result instanceof Promise) {
      underWay += 1;
      const ended = (): void => {
        underWay -= 1;
        answered.resolve();
        answered = Promise.withResolvers();
      };
      result.then(ended, ended);
    }
    return result;
  });
}

watch(pg.Client.prototype, 'query');
watch(pg.Pool.prototype, 'connect');

export function isPostgresAsked(): boolean {
  return underWay > 0;
}

/** Resolves at PostgreSQL's next answer. A process that waits for it leaves PostgreSQL the processor. */
export async function postgresAnswers(): Promise<void> {
  await answered.promise;
}
