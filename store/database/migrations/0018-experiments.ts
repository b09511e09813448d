/** Experiments, their rounds, their files, and uploaded videos. */
import type { Kysely } from 'kysely';
import type { Migration } from 'kysely/migration';
import { runStatements } from './statements.ts';

export const experiments: Migration = {
  async up(database: Kysely<unknown>) {
    await runStatements(database, [
      `create table experiments (id text not null primary key, tenant text not null, name text, state text not null,
        phase text, spec text not null, spec_hash text not null, limits text not null, rounds integer not null,
        round integer not null, best_round integer, video text, failure text, progress text,
        handed_over integer not null, accepted_at text not null, started_at text, ended_at text,
        version integer not null, files_removed_after_days integer, video_sha256 text)`,
      'create index experiments_by_acceptance on experiments (tenant, accepted_at, id)',
      'create index experiments_by_state on experiments (tenant, state, accepted_at, id)',
      'create index experiments_created on experiments (accepted_at) where handed_over = 0',
      'create index experiments_by_video on experiments (video_sha256) where video_sha256 is not null',
      "create index experiments_waiting on experiments (accepted_at) where state = 'created'",
      'create index experiments_by_end_and_state on experiments (ended_at, state) where ended_at is not null',
      'create index experiments_by_end on experiments (ended_at) where files_removed_after_days is null',
      `create table experiment_rounds (experiment_id text not null, tenant text not null, number integer not null,
        state text not null, failure text, note text, encoded_bytes bigint, encode_seconds double precision,
        encode_peak_bytes bigint, decode_seconds double precision, decode_peak_bytes bigint,
        bitrate_mbps double precision, compression_ratio double precision, psnr_db double precision,
        is_lossless integer, ssim double precision, ended_at text not null, primary key (experiment_id, number))`,
      `create table experiment_files (experiment_id text not null, tenant text not null, round integer not null,
        name text not null, media_type text not null, bytes bigint not null, sha256 text not null,
        removed_after_days integer, primary key (experiment_id, round, name))`,
      'create index experiment_files_by_content on experiment_files (sha256, bytes) where removed_after_days is null',
      `create table experiment_contents (experiment_id text not null, tenant text not null, round integer not null,
        name text not null, sha256 text not null, bytes bigint not null, primary key (experiment_id, round, name))`,
      'create index experiment_contents_by_content on experiment_contents (sha256)',
      `create table experiment_uploads (sha256 text not null, tenant text not null, bytes bigint not null,
        format text not null, uploaded_at text not null, primary key (tenant, sha256, format))`,
      'create index experiment_uploads_by_content on experiment_uploads (sha256)',
    ]);
  },
};
