/** A client with some of its methods replaced: all others stay, also those that are added to its interface later. */
export function overriding<T extends object>(client: T, replaced: Partial<T>): T {
  return new Proxy(client, {
    get(target, name) {
      if (Object.hasOwn(replaced, name)) return Reflect.get(replaced, name);
      const value: unknown = Reflect.get(target, name);
      // A class keeps its state with the object that it made.
      return typeof value === 'function' ? value.bind(target) : value;
    },
  });
}
