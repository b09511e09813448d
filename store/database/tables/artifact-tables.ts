/** The tables of files: their names by job, and content that is needed without a name. */
export interface ArtifactTables {
  artifacts: {
    job_id: string;
    name: string;
    step_id: string | null;
    media_type: string;
    bytes: number;
    sha256: string;
    deliverable: number;
    created_at: string;
    /** The days of the retention that has removed the content; null while it is kept. */
    removed_after_days: number | null;
  };
  /** Content of a job whose name stands for newer content: a turn, an approval or a running workflow may still need it. */
  kept_contents: { job_id: string; sha256: string; created_at: string };
  /** Answers of AI steps by the hash of their request; the content is the step's output. */
  kept_answers: { key: string; sha256: string; kept_at: string; expires_at: string };
  /** While a row has not expired, no content is removed. */
  content_holds: { id: string; until_ms: number };
}
