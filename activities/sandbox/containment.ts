/** What stands between code and this machine: a container, or, where the operator insists, nothing but limits. */
import { boundToUs, type Command } from './command.ts';
import { containerCommand, type ContainedProgram } from './container/container.ts';
import { realPath } from './container/real-path.ts';
import { makeOwnFolder, removeOwnFolder } from './own-folders.ts';

export interface Containment {
  /** False when code can do whatever the worker's user can do. */
  readonly contained: boolean;
  readonly prepare: (program: ContainedProgram) => Prepared;
}

export interface Prepared {
  readonly command: Command;
  /** Removes what the command needed, after its end. Never rejects. */
  readonly remove: () => Promise<void>;
}

export const bubblewrap: Containment = {
  contained: true,
  prepare: (program) => ({ command: containerCommand(program), remove: () => Promise.resolve() }),
};

/** For machines that cannot contain code, and code that its operator trusts. */
export const unsafe: Containment = {
  contained: false,
  prepare({ parts, command, variables, scratch }) {
    const places = new Map(Object.entries(parts).map(([inside, path]) => [inside, realPath(path)]));
    // The last that may throw: nobody would remove it.
    const folder = scratch === null ? null : makeOwnFolder();
    if (folder !== null) places.set('/scratch', folder);
    const assignments = Object.entries({ ...variables, HOME: folder ?? '/' }).map(
      ([name, value]) => `${name}=${value}`,
    );
    const started = command((inside) => places.get(inside) ?? inside);
    return {
      command: {
        ...boundToUs(['env', '--ignore-environment', ...assignments, ...started]),
        user: null,
        preparation: new Map(),
        ownGroup: true,
      },
      remove: async () => (folder === null ? undefined : removeOwnFolder(folder)),
    };
  },
};
