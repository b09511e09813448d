/** The table of the model provider's events. */
export interface ProviderEventTables {
  provider_events: {
    response_id: string;
    type: string;
    received_ms: number;
    /** The call that the response answers; empty for a response that is not ours; null until it was looked up. */
    call_key: string | null;
  };
}
