/** Where an embedded form stands. Its requests are judged by itself: see `pages/embed/embed-routes.ts`. */

export function embedAddress(slug: string): string {
  return `/f/${slug}/embed`;
}

export function sentAddress(slug: string, jobId: string): string {
  return `/f/${slug}/embed/sent/${jobId}`;
}

/** Whether the path is that of an embedded form or of what follows it. */
export function isEmbeddedForm(path: string): boolean {
  return /^\/f\/[^/]+\/embed(?:\/sent\/[^/]+)?$/.test(path);
}
