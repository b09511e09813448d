/** One row of the egress matrix: a page that takes one way out of the browser, and how it is known that it was taken. */

/** Where a way leads, as the page may write it. */
export interface Goal {
  /** `http://127.0.0.1:PORT/there`, and the same for TLS and WebSockets. */
  readonly url: string;
  readonly secureUrl: string;
  readonly socketUrl: string;
  /** `127.0.0.1:PORT`, of a TCP and a UDP port. */
  readonly host: string;
  /** Paths on the page's own site: redirected to `url`, and the same by TLS. */
  readonly redirect: string;
  readonly secureRedirect: string;
}

export interface Way {
  readonly name: string;
  /** The page, without its doctype. In it `over()` says that the way was tried to its end. */
  readonly page: (goal: Goal) => string;
  readonly headers?: (goal: Goal) => Readonly<Record<string, string>>;
  /** Scripts that are served beside the page, by name. */
  readonly scripts?: Readonly<Record<string, (goal: Goal) => string>>;
  /** What is done to the page when it is there: a click in its middle, or that it is left. */
  readonly ending?: 'click' | 'leave';
  /** What arrives at the goal when nothing is in between. */
  readonly arrives: 'request' | 'connection' | 'datagram';
  /**
   * How the way is shown to lead somewhere: with the goal allowed by the policy; in a browser without our flags, proxy and
   * guard, for what those switch off as a whole; or not at all, and why.
   */
  readonly control: 'allowed' | 'unguarded' | { readonly none: string };
}

export const fullScreen = 'style="position:fixed;inset:0;width:100%;height:100%;display:block"';

/** A way that a script takes. */
export function byScript(name: string, script: (goal: Goal) => string, more: Partial<Way> = {}): Way {
  return byPage(name, (goal) => `<script>${script(goal)}</script>`, more);
}

/** A way that a page takes by what is in it. */
export function byPage(name: string, page: (goal: Goal) => string, more: Partial<Way> = {}): Way {
  return { name, page, arrives: 'request', control: 'allowed', ...more };
}
