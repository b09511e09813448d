/** The tables of experiments: each one, its rounds, and their files. */
export interface ExperimentTables {
  experiments: {
    id: string;
    name: string | null;
    state: string;
    /** Null before a worker has begun it, and after its end. */
    phase: string | null;
    spec: string;
    /** Of what was asked, to tell a repeat under the same key from another experiment. */
    spec_hash: string;
    limits: string;
    /** What the workflow was given, beside the limits. */
    rounds: number;
    /** Under way, or the last one. */
    round: number;
    best_round: number | null;
    video: string | null;
    failure: string | null;
    /** The last heartbeat of the phase under way, as JSON. */
    progress: string | null;
    handed_over: number;
    accepted_at: string;
    started_at: string | null;
    ended_at: string | null;
    version: number;
    /** The days of the retention that has removed its files, 0 for the disk budget; null while they are kept. */
    files_removed_after_days: number | null;
    /** The upload that it encodes; null for a generated video. */
    video_sha256: string | null;
  };
  /** Written once, when the round ends. */
  experiment_rounds: {
    experiment_id: string;
    number: number;
    state: string;
    failure: string | null;
    note: string | null;
    encoded_bytes: number | null;
    encode_seconds: number | null;
    encode_peak_bytes: number | null;
    decode_seconds: number | null;
    decode_peak_bytes: number | null;
    bitrate_mbps: number | null;
    compression_ratio: number | null;
    /** Null without a score, and where it is infinite. */
    psnr_db: number | null;
    is_lossless: number | null;
    /** Null without a score. */
    ssim: number | null;
    ended_at: string;
  };
  experiment_files: {
    experiment_id: string;
    round: number;
    name: string;
    media_type: string;
    bytes: number;
    sha256: string;
    removed_after_days: number | null;
  };
  /** What phases hand to each other, while it is no file of a round: kept until the round, or all, has ended. */
  experiment_contents: { experiment_id: string; round: number; name: string; sha256: string; bytes: number };
  /** Uploaded videos, by hash, until experiments name them. */
  experiment_uploads: { sha256: string; bytes: number; format: string; uploaded_at: string };
}
