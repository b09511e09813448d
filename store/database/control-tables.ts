/** The tables of people who take over a browser: one control a step, and the actions done under it. */
import type { Generated } from 'kysely';

export interface ControlTables {
  controls: {
    job_id: string;
    step_id: string;
    state: string;
    asked_by: string;
    asked_at: string;
    /** When the person was last heard of. */
    seen_at: string;
    note: string | null;
    screen: string | null;
    /** Actions up to this one belong to an earlier control. */
    after: number;
  };
  person_actions: {
    sequence: Generated<number>;
    job_id: string;
    step_id: string;
    /** Null once it has been begun: what a person types is kept no longer than it must be. */
    action: string | null;
    described: string;
    outcome: string;
    problem: string | null;
    at: string;
  };
}

export const controlStatements: readonly string[] = [
  `create table if not exists controls (job_id text not null, step_id text not null, state text not null,
    asked_by text not null, asked_at text not null, seen_at text not null, note text, screen text,
    after integer not null, primary key (job_id, step_id))`,
  `create table if not exists person_actions (sequence integer primary key autoincrement, job_id text not null,
    step_id text not null, action text, described text not null, outcome text not null, problem text, at text not null)`,
  `create index if not exists person_actions_by_step on person_actions (job_id, step_id, sequence)`,
];
