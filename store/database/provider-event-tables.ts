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
