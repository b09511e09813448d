/** The address of an embedded form. Its requests are authorised separately: see `pages/embed/embed-routes.ts`. */

export function embedAddress(slug: string): string {
  return `/f/${slug}/embed`;
}

export function sentAddress(slug: string, jobId: string): string {
  return `/f/${slug}/embed/sent/${jobId}`;
}

/** Whether the path belongs to an embedded form. */
export function isEmbeddedForm(path: string): boolean {
  return /^\/f\/[^/]+\/embed(?:\/sent\/[^/]+)?$/.test(path);
}
