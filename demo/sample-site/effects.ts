/** The effects of visitors on the sample site, recorded at the server. They show whether a form was sent twice. */
export interface Submission {
  /** The session cookie of the visitor who sent it. */
  readonly session: string;
  readonly name: string;
  readonly email: string;
  readonly message: string;
  readonly at: string;
  /** Whether the same session had sent the same message before. */
  readonly duplicate: boolean;
}

export interface SiteRequest {
  readonly method: string;
  readonly path: string;
  readonly status: number;
  readonly session: string | null;
  readonly at: string;
}

export class Effects {
  readonly submissions: Submission[] = [];
  readonly requests: SiteRequest[] = [];

  addSubmission(sent: Omit<Submission, 'at' | 'duplicate'>): void {
    const duplicate = this.submissions.some(
      (before) => before.session === sent.session && before.message === sent.message,
    );
    this.submissions.push({ ...sent, at: new Date().toISOString(), duplicate });
  }

  addRequest(request: Omit<SiteRequest, 'at'>): void {
    this.requests.push({ ...request, at: new Date().toISOString() });
  }

  hasSentFrom(session: string): boolean {
    return this.submissions.some((submission) => submission.session === session);
  }

  summary() {
    return {
      submissions: this.submissions,
      duplicates: this.submissions.filter((submission) => submission.duplicate).length,
      failedBookings: this.requests.filter((request) => request.path === '/book').length,
      requests: this.requests,
    };
  }
}
