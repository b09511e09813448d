/** The table of what the model provider has told of by itself. */
export interface ProviderEventTables {
  provider_events: {
    response_id: string;
    type: string;
    received_ms: number;
    /** The call that the response answers; empty for a response of somebody else; null as long as nobody has looked. */
    call_key: string | null;
  };
}

export const providerEventStatements: readonly string[] = [
  `create table if not exists provider_events (response_id text not null primary key, type text not null,
    received_ms integer not null, call_key text)`,
  `create index if not exists provider_events_by_time on provider_events (received_ms)`,
  `create index if not exists provider_events_unnamed on provider_events (received_ms) where call_key is null`,
  `create index if not exists provider_events_by_call on provider_events (call_key) where call_key is not null`,
];
