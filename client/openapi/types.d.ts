// Generated from the routes of the API by `npm run generate:api`. Do not edit.

export interface paths {
    "/healthz": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Whether the API is up, and how the parts and workers of the installation are
         * @description The status is that of the API alone. `parts` is empty where the parts are started singly.
         */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description It is */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            /** @enum {boolean} */
                            ok: true;
                            /**
                             * @description what the store is in
                             * @enum {string}
                             */
                            database: "SQLite" | "PostgreSQL";
                            /** @description null when the store is too busy to tell within 2 s */
                            parts: {
                                name: string;
                                /**
                                 * @description `waiting`: it died, and is started again after a while
                                 * @enum {string}
                                 */
                                state: "starting" | "running" | "waiting" | "given_up" | "stopped";
                                /** @description how often it was started again since the installation was */
                                restarts: number;
                                lastDeath: {
                                    at: string;
                                    reason: string;
                                } | null;
                            }[] | null;
                            /** @description those that have told of themselves within a minute; null as above */
                            workers: {
                                /** @enum {string} */
                                queue: "jobs" | "llm" | "browser" | "sandbox" | "sandbox-gpu";
                                /** @description the most that it does at once */
                                slots: number;
                                busy: number;
                                startedAt: string;
                                /** @description when it last told of itself; it does every 10 s */
                                seenAt: string;
                            }[] | null;
                            /** @description how many there are in each state; null as above */
                            experiments: {
                                created?: number;
                                processing?: number;
                                completed?: number;
                                partial?: number;
                                failed?: number;
                                cancelled?: number;
                                timed_out?: number;
                            } | null;
                        };
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/lead-magnets": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The newest version of each lead magnet */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description The lead magnets */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            leadMagnets: components["schemas"]["SavedLeadMagnet"][];
                        };
                    };
                };
            };
        };
        put?: never;
        /**
         * Save a lead magnet as its next version
         * @description The body is the definition as YAML or JSON; its schema is at /schemas/lead-magnet.json.
         */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/yaml": string;
                    "application/json": Record<string, unknown>;
                };
            };
            responses: {
                /** @description Unchanged: the newest version is the same */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["SavedLeadMagnet"];
                    };
                };
                /** @description Saved as a new version */
                201: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["SavedLeadMagnet"];
                    };
                };
                /** @description Neither YAML nor JSON */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Sent by another site's page */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Above 1 MiB */
                413: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Every problem of the definition, with its path */
                422: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/lead-magnets/{slug}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The newest version of a lead magnet, with its definition */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    slug: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description The lead magnet */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["SavedLeadMagnet"] & {
                            definition: {
                                [key: string]: unknown;
                            };
                        };
                    };
                };
                /** @description No such lead magnet */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/lead-magnets/{slug}/submissions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Submit the form: starts a job */
        post: {
            parameters: {
                query?: never;
                header?: {
                    "idempotency-key"?: string;
                };
                path: {
                    slug: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": {
                        form: {
                            [key: string]: unknown;
                        };
                    };
                };
            };
            responses: {
                /** @description Accepted; the same Idempotency-Key answers the same job */
                202: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Job"];
                    };
                };
                /** @description The body is not JSON of this form */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Sent by another site's page */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description No such lead magnet */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description The Idempotency-Key was used for another submission */
                409: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Above 1 MiB */
                413: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description The body is not application/json */
                415: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A problem for every field that is wrong */
                422: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Too many submissions from this address */
                429: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Temporal cannot be reached; the submission is kept */
                503: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/schemas/lead-magnet.json": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The JSON Schema of a lead magnet's definition, for editors */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description A JSON Schema (2020-12) */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            [key: string]: unknown;
                        };
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/jobs": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Jobs, newest first */
        get: {
            parameters: {
                query?: {
                    slug?: string;
                    state?: "accepted" | "running" | "delivering" | "ended";
                    /** @description the submittedAt of the last job of the page before */
                    before?: string;
                    limit?: number;
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description The jobs */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            jobs: {
                                id: string;
                                tenant: string;
                                leadMagnet: {
                                    slug: string;
                                    name: string;
                                    version: number;
                                };
                                /** @enum {string} */
                                state: "accepted" | "running" | "delivering" | "ended";
                                /** @enum {string|null} */
                                outcome: "completed" | "completed_with_errors" | "failed" | "cancelled" | "timed_out" | null;
                                submittedAt: string;
                                endedAt: string | null;
                                costUsd: number;
                            }[];
                        };
                    };
                };
                /** @description A filter is not right */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/jobs/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** A job: state, steps, deliveries, artifacts, cost */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description The job */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Job"];
                    };
                };
                /** @description No such job */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/jobs/{id}/events": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Events in order: JSON, or a stream of server-sent events */
        get: {
            parameters: {
                query?: {
                    cursor?: number | null;
                };
                header?: {
                    "last-event-id"?: number | null;
                };
                path: {
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Events after the cursor; the stream goes on until the job has ended */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            events: components["schemas"]["JobEvent"][];
                            cursor: number;
                        };
                        "text/event-stream": string;
                    };
                };
                /** @description The cursor is not right */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description No such job */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/jobs/{id}/cancel": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Ask a job to stop */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Asked; the job stops in order */
                202: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Job"];
                    };
                };
                /** @description Sent by another site's page */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description No such job */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description The job has ended */
                409: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Temporal cannot be reached */
                503: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/jobs/{id}/artifacts/{name}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** A file that the job made */
        get: {
            parameters: {
                query?: {
                    /** @description present: save it rather than show it */
                    download?: string;
                    /** @description only this content, which may then be kept for good */
                    sha256?: string;
                };
                header?: never;
                path: {
                    id: string;
                    name: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Its content, under its own media type; the ETag is its SHA-256 */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "*/*": ReadableStream<Uint8Array>;
                    };
                };
                /** @description The one range of bytes that was asked for */
                206: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                /** @description Unchanged since If-None-Match */
                304: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                /** @description No such job or artifact */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description It was removed: the days that files are kept are over */
                410: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description The range begins after its end */
                416: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/jobs/{id}/steps/{stepId}/turns": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * The turns of a computer-use step: screen, words, actions, cost
         * @description Turns that changed after the cursor, oldest change first. A turn changes while it is under way (looked, answered, each action), so a reader who goes on from the cursor gets it again, and replaces it by its iteration. Events of the step (see the events of the job) tell when there is something new.
         */
        get: {
            parameters: {
                query?: {
                    /** @description as the page before gave it */
                    cursor?: number | null;
                    limit?: number;
                };
                header?: never;
                path: {
                    id: string;
                    stepId: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description The turns; none when there is nothing new */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            run: components["schemas"]["ComputerRun"];
                            turns: components["schemas"]["ComputerTurn"][];
                            cursor: number;
                        };
                    };
                };
                /** @description The cursor or the limit is not right */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description No such job, or no such computer-use step in it */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/jobs/{id}/steps/{stepId}/control": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Who controls the browser, the newest screenshot, and what the person did */
        get: {
            parameters: {
                query?: {
                    /** @description present: on behalf of the person, who is still there */
                    watching?: string;
                };
                header?: never;
                path: {
                    id: string;
                    stepId: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description The newest control; null when nobody took over */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            control: components["schemas"]["Control"];
                        };
                    };
                };
                /** @description No such job, or no such computer-use step in it */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        /**
         * Take the browser over, or hand it back
         * @description The model gives way between its turns: after the answer that is under way, before its actions. Its time and budget stand still meanwhile. A person who is not heard of for two minutes has handed back.
         */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    id: string;
                    stepId: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": {
                        /** @enum {string} */
                        to: "take_over";
                        /** @default api */
                        by?: string;
                    } | {
                        /** @enum {string} */
                        to: "hand_back";
                        /** @description for the model, e.g. what it is to do next */
                        note?: string;
                    };
                };
            };
            responses: {
                /** @description Asked for, or handed back */
                202: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            control: components["schemas"]["Control"];
                        };
                    };
                };
                /** @description The body is not JSON of this form */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Sent by another site's page */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description No such job, or no such computer-use step in it */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description The run is over, or somebody else has its browser, or nobody has */
                409: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Above 1 MiB */
                413: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description The body is not application/json */
                415: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/jobs/{id}/steps/{stepId}/control/actions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Do something in the browser that was taken over
         * @description Done in order. Typed text is forgotten as soon as it is typed.
         */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    id: string;
                    stepId: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": {
                        /** @enum {string} */
                        type: "click";
                        x: number;
                        y: number;
                        /**
                         * @default left
                         * @enum {string}
                         */
                        button?: "left" | "right";
                    } | {
                        /** @enum {string} */
                        type: "double_click";
                        x: number;
                        y: number;
                    } | {
                        /** @enum {string} */
                        type: "scroll";
                        x: number;
                        y: number;
                        scroll_x: number;
                        scroll_y: number;
                    } | {
                        /** @enum {string} */
                        type: "type";
                        text: string;
                    } | {
                        /** @enum {string} */
                        type: "keypress";
                        keys: string[];
                    };
                };
            };
            responses: {
                /** @description It waits its turn; the control tells what became of it */
                202: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            control: components["schemas"]["Control"];
                        };
                    };
                };
                /** @description The body is not JSON of this form */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Sent by another site's page */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description No such job, or no such computer-use step in it */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description No person holds the browser */
                409: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Above 1 MiB */
                413: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description The body is not application/json */
                415: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/deliveries": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Deliveries, those of the newest job first */
        get: {
            parameters: {
                query?: {
                    state?: "waiting" | "scheduled" | "sending" | "retrying" | "delivered" | "failed" | "uncertain" | "skipped";
                    kind?: "email" | "webhook";
                    job?: string;
                    /** @description of one lead magnet */
                    slug?: string;
                    /** @description a part of the receiver's address */
                    to?: string;
                    /** @description changed at or after this time or day, UTC */
                    since?: string;
                    /** @description `next` of the page before */
                    before?: string;
                    limit?: number;
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description A page of deliveries */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            deliveries: components["schemas"]["Delivery"][];
                            next: string | null;
                        };
                    };
                };
                /** @description A filter is not right */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/jobs/{id}/deliveries/{deliveryId}/redeliver": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Send a delivery again
         * @description One that has ended is sent again with what it was sent with, under a key of its own: a receiver that had it takes it twice. The same number sent again is the same wish.
         */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    id: string;
                    deliveryId: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": {
                        /** @description one more than its `redeliveries`; the next when left out */
                        number?: number;
                        /** @description who wants it, as the job tells it; api when left out */
                        by?: string;
                    };
                };
            };
            responses: {
                /** @description Asked; it is sent in order */
                202: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Delivery"];
                    };
                };
                /** @description The body is not JSON of this form */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Sent by another site's page */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description No such job or delivery */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description It is under way, there was nothing to deliver, or the number is not the next */
                409: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description What it was sent with was removed: the days that files are kept are over */
                410: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Above 1 MiB */
                413: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description The body is not application/json */
                415: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Temporal cannot be reached; the wish is kept */
                503: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/approvals": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** What waits for a person, oldest first */
        get: {
            parameters: {
                query?: {
                    limit?: number;
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description The open questions */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            approvals: {
                                requestId: string;
                                step: string;
                                /** @enum {string} */
                                state: "open" | "approved" | "refused" | "expired" | "closed";
                                /** @description the question, as text */
                                question: string;
                                /** @description the page that it is about */
                                url: string;
                                /** @description the screenshot; an artifact of the job */
                                screenshot: {
                                    name: string;
                                    sha256: string;
                                };
                                askedAt: string;
                                expiresAt: string;
                                decidedAt: string | null;
                                decidedBy: string | null;
                                /** @description a note of the person; after a refusal the model gets it */
                                note: string | null;
                                jobId: string;
                            }[];
                        };
                    };
                };
                /** @description The limit is not right */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/jobs/{id}/approvals/{requestId}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Approve or refuse what a job asks
         * @description The answer holds for the page and the picture that were shown; the job asks anew when they have changed. Sending the same answer again after a 503 is safe.
         */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    id: string;
                    requestId: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": {
                        /** @enum {string} */
                        decision: "approve" | "refuse";
                        /** @description on a refusal the model is told it */
                        note?: string;
                        /** @description who decides, as the job tells it; api when left out */
                        by?: string;
                    };
                };
            };
            responses: {
                /** @description Taken; the job goes on */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Approval"];
                    };
                };
                /** @description The body is not JSON of this form */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Sent by another site's page */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description No such job, or it asks nothing of this name */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description It was answered before, or its step has ended */
                409: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Nobody answered in time */
                410: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Above 1 MiB */
                413: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description The body is not application/json */
                415: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Temporal cannot be reached, or no worker serves the job */
                503: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/batches": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Batches, newest first */
        get: {
            parameters: {
                query?: {
                    state?: "importing" | "queued" | "running" | "paused" | "stopping" | "ended";
                    /** @description createdAt of the last batch on the previous page */
                    before?: string;
                    limit?: number;
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description The batches */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            batches: {
                                id: string;
                                tenant: string;
                                definition: {
                                    name: string;
                                    model: string;
                                    /**
                                     * @description the model's standing instructions
                                     * @default null
                                     */
                                    instructions: string | null;
                                    /** @description Mustache: {{item.field}} names a field of the item */
                                    prompt: string;
                                    /** @description a JSON Schema that each answer must fit */
                                    outputSchema: Record<string, unknown> | null;
                                    /**
                                     * @description bounds what one call can cost
                                     * @default 1024
                                     */
                                    maxOutputTokens: number;
                                    /**
                                     * @default null
                                     * @enum {string|null}
                                     */
                                    reasoningEffort: "none" | "low" | "medium" | "high" | "xhigh" | null;
                                    /**
                                     * @description `economy`: by the provider's batch API, at half price, within 24 hours
                                     * @default standard
                                     * @enum {string}
                                     */
                                    mode: "standard" | "economy";
                                    limits: {
                                        /**
                                         * @description items under way in parallel
                                         * @default 50
                                         */
                                        parallel: number;
                                        /**
                                         * @description items that one run of the workflow handles
                                         * @default 1000
                                         */
                                        pageSize: number;
                                        /**
                                         * @description time limit of one item
                                         * @default 7200
                                         */
                                        itemSeconds: number;
                                        /**
                                         * @description when an item's time limit begins
                                         * @default submission
                                         * @enum {string}
                                         */
                                        itemClock: "submission" | "creation";
                                        /**
                                         * @description time limit of the whole batch
                                         * @default 172800
                                         */
                                        jobSeconds: number;
                                        /**
                                         * @description attempts of an item after its first
                                         * @default 6
                                         */
                                        retries: number;
                                        /**
                                         * @description time limit of one call to the provider
                                         * @default 60
                                         */
                                        callSeconds: number;
                                        /**
                                         * @description submissions in any 60 minutes
                                         * @default 24000
                                         */
                                        callsPerHour: number;
                                        /**
                                         * @description US dollars for the whole batch, never exceeded
                                         * @default 50
                                         */
                                        capUsd: number;
                                        /**
                                         * @description US dollars in any 60 minutes
                                         * @default 50
                                         */
                                        capPerHourUsd: number;
                                        /**
                                         * @description how long an unacknowledged call waits for the provider's event before it counts as lost
                                         * @default 600
                                         */
                                        lostSeconds: number;
                                        /**
                                         * @description retry, and flag, an item whose call may have been paid and lost
                                         * @default false
                                         */
                                        resubmitUncertain: boolean;
                                    };
                                };
                                /** @enum {string} */
                                state: "importing" | "queued" | "running" | "paused" | "stopping" | "ended";
                                /** @description it has ended, and its failed items are being reopened: it runs again when they are */
                                isReopening: boolean;
                                /** @enum {string|null} */
                                outcome: "completed" | "completed_with_errors" | "failed" | "cancelled" | null;
                                reason: {
                                    type: string;
                                    message: string;
                                } | null;
                                pause: {
                                    /** @enum {string} */
                                    by: "person" | "budget" | "provider";
                                    message: string;
                                    at: string;
                                } | null;
                                itemCount: number;
                                counts: {
                                    pending: number;
                                    intended: number;
                                    submitted: number;
                                    succeeded: number;
                                    failed: number;
                                    timed_out: number;
                                    cancelled: number;
                                    uncertain: number;
                                };
                                /** @description items with a call that may have been paid twice or without an answer */
                                flagged: number;
                                /** @description US dollars spent */
                                spentUsd: number;
                                /** @description US dollars reserved for calls under way: the highest that they can cost */
                                reservedUsd: number;
                                /** @description estimated when the batch starts */
                                estimateUsd: number | null;
                                /** @description the cost if every answer had the maximum length */
                                worstUsd: number | null;
                                continuations: number;
                                createdAt: string;
                                startedAt: string | null;
                                endedAt: string | null;
                                /** @description increases with each change of the batch itself */
                                version: number;
                            }[];
                        };
                    };
                };
                /** @description A filter is wrong */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        /** Create a batch: one prompt for many items, which are uploaded next */
        post: {
            parameters: {
                query?: never;
                header?: {
                    /** @description a repeated request with the same key returns the same batch */
                    "idempotency-key"?: string;
                };
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": {
                        name: string;
                        model: string;
                        /**
                         * @description the model's standing instructions
                         * @default null
                         */
                        instructions?: string | null;
                        /** @description Mustache: {{item.field}} names a field of the item */
                        prompt: string;
                        /** @description a JSON Schema that each answer must fit */
                        outputSchema?: Record<string, unknown> | null;
                        /**
                         * @description bounds what one call can cost
                         * @default 1024
                         */
                        maxOutputTokens?: number;
                        /**
                         * @default null
                         * @enum {string|null}
                         */
                        reasoningEffort?: "none" | "low" | "medium" | "high" | "xhigh" | null;
                        /**
                         * @description `economy`: by the provider's batch API, at half price, within 24 hours
                         * @default standard
                         * @enum {string}
                         */
                        mode?: "standard" | "economy";
                        /** @default {} */
                        limits?: {
                            /**
                             * @description items under way in parallel
                             * @default 50
                             */
                            parallel?: number;
                            /**
                             * @description items that one run of the workflow handles
                             * @default 1000
                             */
                            pageSize?: number;
                            /**
                             * @description time limit of one item
                             * @default 7200
                             */
                            itemSeconds?: number;
                            /**
                             * @description when an item's time limit begins
                             * @default submission
                             * @enum {string}
                             */
                            itemClock?: "submission" | "creation";
                            /**
                             * @description time limit of the whole batch
                             * @default 172800
                             */
                            jobSeconds?: number;
                            /**
                             * @description attempts of an item after its first
                             * @default 6
                             */
                            retries?: number;
                            /**
                             * @description time limit of one call to the provider
                             * @default 60
                             */
                            callSeconds?: number;
                            /**
                             * @description submissions in any 60 minutes
                             * @default 24000
                             */
                            callsPerHour?: number;
                            /**
                             * @description US dollars for the whole batch, never exceeded
                             * @default 50
                             */
                            capUsd?: number;
                            /**
                             * @description US dollars in any 60 minutes
                             * @default 50
                             */
                            capPerHourUsd?: number;
                            /**
                             * @description how long an unacknowledged call waits for the provider's event before it counts as lost
                             * @default 600
                             */
                            lostSeconds?: number;
                            /**
                             * @description retry, and flag, an item whose call may have been paid and lost
                             * @default false
                             */
                            resubmitUncertain?: boolean;
                        };
                    };
                };
            };
            responses: {
                /** @description The batch that an earlier request with this Idempotency-Key created */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Batch"];
                    };
                };
                /** @description Created; Location has its address */
                201: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Batch"];
                    };
                };
                /** @description The body does not match the schema */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Sent by another site's page */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description The Idempotency-Key was used for another batch */
                409: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description The body is larger than 1 MiB */
                413: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description The body is not application/json */
                415: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/batches/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** A batch with counts by status, rate, cost so far, forecast and failures by type */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description The batch */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Batch"];
                    };
                };
                /** @description No such batch */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        /** Remove a batch that has ended or was never started, with its items and results */
        delete: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Removed */
                204: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                /** @description Sent by another site's page */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description No such batch */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description The batch is running: cancel it first */
                409: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/batches/{id}/events": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The batch's events in order, as JSON or as a stream of server-sent events */
        get: {
            parameters: {
                query?: {
                    cursor?: number | null;
                };
                header?: {
                    "last-event-id"?: number | null;
                };
                path: {
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Events after the cursor; the stream ends with the batch */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            events: components["schemas"]["JobEvent"][];
                            cursor: number;
                        };
                        "text/event-stream": string;
                    };
                };
                /** @description The cursor is wrong */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description No such batch */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/batches/{id}/items": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Upload items: CSV with a header, or one JSON object a line; also while the batch runs
         * @description Delimiter and encoding are detected unless they are given. The body is read as a stream and may have any length. Either all rows are added or none; each wrong row is reported with its line. After a 503 the upload may be repeated; with an Idempotency-Key also when the response was lost.
         */
        post: {
            parameters: {
                query?: {
                    /** @description what stands between columns; detected when left out */
                    delimiter?: "comma" | "semicolon" | "tab" | "pipe";
                    /** @description detected when left out */
                    encoding?: "utf-8" | "utf-16le" | "utf-16be" | "windows-1250" | "windows-1251" | "windows-1252" | "macintosh";
                };
                header: {
                    /** @description text/csv, text/tab-separated-values or application/x-ndjson */
                    "content-type": string;
                    /** @description an upload that is repeated with the same key adds nothing twice */
                    "idempotency-key"?: string;
                };
                path: {
                    id: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "text/csv": ReadableStream<Uint8Array>;
                    "text/tab-separated-values": ReadableStream<Uint8Array>;
                    "application/x-ndjson": ReadableStream<Uint8Array>;
                };
            };
            responses: {
                /** @description Added */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            added: number;
                            batch: components["schemas"]["Batch"];
                            /** @description how the rows were read; null when they were taken in before */
                            read: {
                                /** @enum {string} */
                                encoding: "utf-8" | "utf-16le" | "utf-16be" | "windows-1250" | "windows-1251" | "windows-1252" | "macintosh";
                                /**
                                 * @description null for JSON lines
                                 * @enum {string|null}
                                 */
                                delimiter: "comma" | "semicolon" | "tab" | "pipe" | null;
                                /** @description what was guessed, or read otherwise than it stands in the file */
                                notes: string[];
                            } | null;
                        };
                    };
                };
                /** @description The upload broke off and nothing of it was stored, or a parameter is wrong */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Sent by another site's page */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description No such batch */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description The batch has ended, another upload is in progress, or the Idempotency-Key was used for another upload */
                409: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description The body is neither text/csv nor application/x-ndjson */
                415: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Rows are wrong; each is reported with its line, and none was stored */
                422: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Temporal cannot be reached, or no worker serves the batch: repeat the upload */
                503: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/batches/{id}/results.jsonl": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** All items with their results so far, one JSON object a line */
        get: {
            parameters: {
                query?: {
                    /** @description only items of this status; may be repeated */
                    status?: ("pending" | "intended" | "submitted" | "succeeded" | "failed" | "timed_out" | "cancelled" | "uncertain") | ("pending" | "intended" | "submitted" | "succeeded" | "failed" | "timed_out" | "cancelled" | "uncertain")[];
                };
                header?: never;
                path: {
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description The items, in order, as application/x-ndjson */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "*/*": ReadableStream<Uint8Array>;
                    };
                };
                /** @description The filter is wrong */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description No such batch */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/batches/{id}/results.csv": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * All items with their results so far, as CSV for spreadsheets
         * @description A ' is put before text that a spreadsheet would run as a formula, also within a text after another separator; the JSON lines are exact. A character that the encoding lacks is refused, not replaced.
         */
        get: {
            parameters: {
                query?: {
                    /** @description only items of this status; may be repeated */
                    status?: ("pending" | "intended" | "submitted" | "succeeded" | "failed" | "timed_out" | "cancelled" | "uncertain") | ("pending" | "intended" | "submitted" | "succeeded" | "failed" | "timed_out" | "cancelled" | "uncertain")[];
                    /** @description what stands between columns */
                    delimiter?: "comma" | "semicolon" | "tab" | "pipe";
                    /** @description `utf-8-bom` has the mark by which Excel knows UTF-8; `utf-16le` has its mark too */
                    encoding?: "utf-8" | "utf-8-bom" | "utf-16le" | "windows-1252";
                };
                header?: never;
                path: {
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description The items, in order */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "text/csv": ReadableStream<Uint8Array>;
                    };
                };
                /** @description A parameter is wrong */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description No such batch */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A result has a character that the encoding lacks */
                422: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/batches/{id}/preview": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The prompts of the first items */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description The prompts as the model will get them */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            prompts: {
                                position: number;
                                prompt: string;
                            }[];
                        };
                    };
                };
                /** @description No such batch */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/batches/{id}/start": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Start the batch with the items that were uploaded
         * @description After a 503 the batch starts by itself later. A repeated request changes nothing.
         */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Started */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Batch"];
                    };
                };
                /** @description Sent by another site's page */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description No such batch */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description The batch's state does not allow this */
                409: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Temporal cannot be reached, or no worker serves the batch */
                503: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/batches/{id}/estimate": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Estimate the cost of a batch before it runs
         * @description Starts the batch paused; nothing is submitted until it is started. estimateUsd is estimated from the length of prompt and items; worstUsd is the upper bound.
         */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description The batch with its estimate; without one, the pause says why */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Batch"];
                    };
                };
                /** @description Sent by another site's page */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description No such batch */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description The batch's state does not allow this */
                409: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Temporal cannot be reached, or no worker serves the batch */
                503: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/batches/{id}/pause": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Pause: submit no further items; answers to calls under way are fetched after the resume */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    id: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": {
                        message: string;
                    };
                };
            };
            responses: {
                /** @description Paused */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Batch"];
                    };
                };
                /** @description The body does not match the schema */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Sent by another site's page */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description No such batch */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description The batch's state does not allow this */
                409: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description The body is larger than 1 MiB */
                413: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description The body is not application/json */
                415: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Temporal cannot be reached, or no worker serves the batch */
                503: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/batches/{id}/resume": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Resume */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Resumed */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Batch"];
                    };
                };
                /** @description Sent by another site's page */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description No such batch */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description The batch's state does not allow this */
                409: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Temporal cannot be reached, or no worker serves the batch */
                503: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/batches/{id}/cancel": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Cancel: end the batch, cancel calls under way at the provider, and keep the answers so far */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description The batch is ending */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Batch"];
                    };
                };
                /** @description Sent by another site's page */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description No such batch */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description The batch's state does not allow this */
                409: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Temporal cannot be reached, or no worker serves the batch */
                503: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/batches/{id}/limits": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        /** Change limits, also while the batch runs */
        patch: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    id: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": {
                        parallel?: number;
                        itemSeconds?: number;
                        jobSeconds?: number;
                        retries?: number;
                        callSeconds?: number;
                        callsPerHour?: number;
                        capUsd?: number;
                        capPerHourUsd?: number;
                    };
                };
            };
            responses: {
                /** @description Changed, and in force */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Batch"];
                    };
                };
                /** @description The body does not match the schema */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Sent by another site's page */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description No such batch */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description The batch's state does not allow this */
                409: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description The body is larger than 1 MiB */
                413: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description The body is not application/json */
                415: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Temporal cannot be reached, or no worker serves the batch */
                503: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        trace?: never;
    };
    "/v1/batches/{id}/retry-failed": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Retry the failed and timed-out items of an ended batch */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: {
                content: {
                    "application/json": {
                        /**
                         * @description also retry uncertain items: their calls may have been paid, so they may be paid twice
                         * @default false
                         */
                        uncertain?: boolean;
                    };
                };
            };
            responses: {
                /** @description Started again */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Batch"];
                    };
                };
                /** @description Accepted: the many items of the batch are still being reopened; it starts when they are */
                202: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Batch"];
                    };
                };
                /** @description The body does not match the schema */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Sent by another site's page */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description No such batch */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description The batch's state does not allow this */
                409: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description The body is larger than 1 MiB */
                413: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description The body is not application/json */
                415: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Temporal cannot be reached, or no worker serves the batch */
                503: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/experiments": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Experiments, newest first */
        get: {
            parameters: {
                query?: {
                    state?: "created" | "processing" | "completed" | "partial" | "failed" | "cancelled" | "timed_out";
                    /** @description `next` of the previous page */
                    before?: string;
                    limit?: number;
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description The experiments; `next` is `before` of the next page, null on the last */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            experiments: components["schemas"]["ExperimentLine"][];
                            next: string | null;
                        };
                    };
                };
                /** @description A filter is wrong */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        /**
         * Submit an experiment: a video, and code that encodes and decodes it or a goal for a model that writes it
         * @description It is accepted also while all workers are busy or Temporal is away, and begins later; `waitingBefore` says how many wait before it.
         */
        post: {
            parameters: {
                query?: never;
                header?: {
                    /** @description a repeated request with the same key returns the same experiment */
                    "idempotency-key"?: string;
                };
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": {
                        /** @description for people */
                        name?: string;
                        video: {
                            /** @enum {string} */
                            kind: "generated";
                            /**
                             * @description moving gradients; noise over a moving gradient; text that moves over a gradient
                             * @default gradients
                             * @enum {string}
                             */
                            pattern?: "gradients" | "noise" | "text";
                            /** @default 160 */
                            width?: number;
                            /** @default 90 */
                            height?: number;
                            /** @default 24 */
                            frames?: number;
                            /** @default 24 */
                            framesPerSecond?: number;
                            /** @default 1 */
                            seed?: number;
                        } | {
                            /** @enum {string} */
                            kind: "stored";
                            /** @enum {string} */
                            format: "y4m";
                            sha256: string;
                        } | {
                            /** @enum {string} */
                            kind: "stored";
                            /** @enum {string} */
                            format: "frames";
                            sha256: string;
                            framesPerSecond: number;
                        };
                        /** @description Python that defines encode(frames, info) and decode(data, info) */
                        code?: string;
                        /** @description what a model shall write; with `code` it improves that from round 2 on, so `rounds` is at least 2 */
                        goal?: string;
                        /**
                         * @description the most; a model writes the code of each, with `code` of all but the first. More than 1 needs a goal
                         * @default 1
                         */
                        rounds?: number;
                        /**
                         * @description the quality from which on the smaller video is the better one
                         * @default 30
                         */
                        psnrDb?: number;
                        /** @description no further round is made once a round reaches this compression ratio and the quality */
                        ratio?: number;
                        /** @description writes the code; the setting LODESTONE_MODEL when left out */
                        model?: string;
                        /** @description no further round is begun once it is spent */
                        budget?: {
                            usd?: number;
                        };
                        /**
                         * @description wait: encode and decode wait for a worker with a GPU; fail: without one, the experiment fails
                         * @default none
                         * @enum {string}
                         */
                        gpu?: "none" | "wait" | "fail";
                        limits?: {
                            /** @description 60 when left out */
                            encodeSeconds?: number;
                            /** @description 60 when left out */
                            decodeSeconds?: number;
                            /** @description of the whole; 3600 when left out */
                            totalSeconds?: number;
                            /** @description for a worker; 86400 when left out */
                            waitSeconds?: number;
                            /** @description of the code under test and of Python with its packages, which take 300 MB; 1 GiB when left out */
                            memoryBytes?: number;
                        };
                    };
                };
            };
            responses: {
                /** @description Accepted, or what an earlier request with this Idempotency-Key made; Location has its address */
                202: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Experiment"];
                    };
                };
                /** @description The body does not match the schema */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Sent by another site's page */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description The Idempotency-Key was used for another experiment */
                409: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description The body is larger than 1 MiB */
                413: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description The body is not application/json */
                415: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description The video was not uploaded, or as another format */
                422: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/experiments/videos": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Upload a video for experiments: a Y4M file, or a tar file of PNG or JPEG frames in the order of their names
         * @description The same content again is the same upload. It is read when an experiment begins, which tells what is wrong with it.
         */
        post: {
            parameters: {
                query: {
                    format: "y4m" | "frames";
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "*/*": ReadableStream<Uint8Array>;
                };
            };
            responses: {
                /** @description Stored */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["VideoUpload"];
                    };
                };
                /** @description No format is given, the body is empty, or the upload broke off */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Sent by another site's page */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Above 64 MiB */
                413: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/experiments/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** An experiment: how far it is, its rounds, their metrics and files */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description The experiment */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Experiment"];
                    };
                };
                /** @description No such experiment */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/experiments/{id}/cancel": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Cancel an experiment; one that has ended stays as it is */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description The experiment as it is now */
                202: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Experiment"];
                    };
                };
                /** @description Sent by another site's page */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description No such experiment */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Temporal cannot be reached; the experiment goes on */
                503: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/experiments/{id}/rerun": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Submit the same as a new experiment */
        post: {
            parameters: {
                query?: never;
                header?: {
                    /** @description a repeated request with the same key returns the same experiment */
                    "idempotency-key"?: string;
                };
                path: {
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description The new experiment; Location has its address */
                202: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Experiment"];
                    };
                };
                /** @description The Idempotency-Key is wrong */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Sent by another site's page */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description No such experiment */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description The Idempotency-Key was used for another experiment */
                409: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Its video is no longer kept, or what it asked is not allowed any more */
                422: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/experiments/{id}/events": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * How far an experiment is, as server-sent events
         * @description First as it is now, then with each change: `id`, `version`, `state`, `phase`, `round`, `progress` as JSON. The event `end` follows the last one.
         */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description The events */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "text/event-stream": string;
                    };
                };
                /** @description No such experiment */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/experiments/{id}/rounds/{round}/files/{name}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** A file of a round: its code, what it encoded, comparison pictures, figures of each frame */
        get: {
            parameters: {
                query?: {
                    /** @description present: save it rather than show it */
                    download?: string;
                };
                header?: never;
                path: {
                    id: string;
                    round: number;
                    name: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Its content, under its own media type; the ETag is its SHA-256 */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "*/*": ReadableStream<Uint8Array>;
                    };
                };
                /** @description The one range of bytes that was asked for */
                206: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                /** @description Unchanged since If-None-Match */
                304: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                /** @description The round is no number */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description No such experiment or file */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description It was removed: the days that files are kept are over, or the disk budget was used up */
                410: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description The range begins after its end */
                416: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/insights/analysis": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** How long runs take and why, over all tenants: figures by group, which runs are slow, and which were blocked by something else */
        get: {
            parameters: {
                query?: {
                    /** @description how far back, as in 24h or 7d: by when runs ended */
                    since?: string;
                    by?: "kind" | "lead-magnet" | "model" | "step";
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description The analysis */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Analysis"];
                    };
                };
                /** @description A parameter is not right */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/insights/recommendations": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Limits that follow from the runs of all tenants */
        get: {
            parameters: {
                query?: {
                    /** @description how far back, as in 24h or 7d: by when runs ended */
                    since?: string;
                    /** @description fewer runs of a kind are not enough to recommend anything */
                    leastRuns?: number;
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description What is recommended */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Recommendations"];
                    };
                };
                /** @description A parameter is not right */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/tools": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The expert tools, with their schemas */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description The tools */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            tools: components["schemas"]["Tool"][];
                        };
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/tools/{name}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Call a tool: waits for its end, or streams its progress as server-sent events */
        post: {
            parameters: {
                query?: never;
                header?: {
                    "idempotency-key"?: string;
                    /** @description text/event-stream for progress: events `progress`, then `result`, or `problem` */
                    accept?: string;
                };
                path: {
                    name: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": {
                        [key: string]: unknown;
                    };
                };
            };
            responses: {
                /** @description The request has ended, within its limit; `outcome` and `cut` say how. The same Idempotency-Key answers the same request */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["ToolRequest"];
                        "text/event-stream": string;
                    };
                };
                /** @description The body is not a JSON object */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Sent by another site's page */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description No such tool, or no such conversation now */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description The body did not arrive within a minute */
                408: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description The Idempotency-Key was used for another request */
                409: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Above one and a half times what the files of a call may have, and 1 MiB */
                413: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description The body is not application/json */
                415: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A problem for every field that is wrong; nothing was started */
                422: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Temporal cannot be reached, or too many callers wait or large bodies arrive; nothing was started */
                503: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Neither a worker nor the store told of the end within the limit; `requestId` names the request */
                504: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/tool-requests/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** A request of a tool: how far it is, or its result */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description The request */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["ToolRequest"];
                    };
                };
                /** @description No such request */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/tool-requests/{id}/cancel": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Cancel a request of a tool; one that has ended stays as it is */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description The request as it is now */
                202: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["ToolRequest"];
                    };
                };
                /** @description Sent by another site's page */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description No such request */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Temporal cannot be reached; the request goes on until its limit */
                503: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/platform": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Whether batches are stopped everywhere */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description The switch */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            /** @description null when nothing is stopped */
                            stopped: {
                                message: string;
                                at: string;
                            } | null;
                        };
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/platform/stop": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Stop all submissions of all batches, at once
         * @description Works without Temporal too. Calls that are under way are waited for; their answers are paid and kept.
         */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": {
                        message: string;
                    };
                };
            };
            responses: {
                /** @description Stopped */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            /** @description null when nothing is stopped */
                            stopped: {
                                message: string;
                                at: string;
                            } | null;
                        };
                    };
                };
                /** @description The body is not JSON of this form */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Sent by another site's page */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Above 1 MiB */
                413: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description The body is not application/json */
                415: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/platform/resume": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Let batches go on */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description On again */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            /** @description null when nothing is stopped */
                            stopped: {
                                message: string;
                                at: string;
                            } | null;
                        };
                    };
                };
                /** @description Sent by another site's page */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/limits/versions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Versions of the table of limits, newest first, and which of them new jobs get */
        get: {
            parameters: {
                query?: {
                    /** @description `next` of the page before */
                    before?: number;
                    limit?: number;
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description A page */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            rollout: components["schemas"]["LimitsRollout"];
                            versions: components["schemas"]["LimitsVersion"][];
                            /** @description `before` of the next page; null at the end */
                            next: number | null;
                        };
                    };
                };
                /** @description A filter is not right */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        /**
         * Make a new version of the table of limits, for all jobs from now on
         * @description It changes the version in force. Jobs that were accepted before keep theirs until they end.
         */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": {
                        /** @description a number sets a limit, null returns it to the built-in table */
                        change: {
                            /** @description attemptSeconds 180 to 43200, totalSeconds 600 to 169200, heartbeatSeconds 6 to 120, attempts 2 to 100 */
                            computer_use?: {
                                attemptSeconds?: number | null;
                                totalSeconds?: number | null;
                                heartbeatSeconds?: number | null;
                                attempts?: number | null;
                            };
                            /** @description attemptSeconds 30 to 7200, totalSeconds 600 to 169200, heartbeatSeconds 6 to 120, attempts 2 to 100 */
                            ai?: {
                                attemptSeconds?: number | null;
                                totalSeconds?: number | null;
                                heartbeatSeconds?: number | null;
                                attempts?: number | null;
                            };
                            /** @description attemptSeconds 35 to 300, totalSeconds 600 to 169200, heartbeatSeconds cannot be set, attempts 2 to 100 */
                            webhook?: {
                                attemptSeconds?: number | null;
                                totalSeconds?: number | null;
                                heartbeatSeconds?: number | null;
                                attempts?: number | null;
                            };
                            /** @description attemptSeconds 110 to 900, totalSeconds 600 to 169200, heartbeatSeconds cannot be set, attempts 2 to 100 */
                            render?: {
                                attemptSeconds?: number | null;
                                totalSeconds?: number | null;
                                heartbeatSeconds?: number | null;
                                attempts?: number | null;
                            };
                            /** @description attemptSeconds 60 to 7200, totalSeconds 600 to 169200, heartbeatSeconds cannot be set, attempts 2 to 100 */
                            batch?: {
                                attemptSeconds?: number | null;
                                totalSeconds?: number | null;
                                heartbeatSeconds?: number | null;
                                attempts?: number | null;
                            };
                            /** @description attemptSeconds 20 to 600, totalSeconds 600 to 169200, heartbeatSeconds cannot be set, attempts 2 to 100 */
                            tool?: {
                                attemptSeconds?: number | null;
                                totalSeconds?: number | null;
                                heartbeatSeconds?: number | null;
                                attempts?: number | null;
                            };
                            /** @description attemptSeconds 30 to 7200, totalSeconds 600 to 169200, heartbeatSeconds 6 to 120, attempts 2 to 100 */
                            code?: {
                                attemptSeconds?: number | null;
                                totalSeconds?: number | null;
                                heartbeatSeconds?: number | null;
                                attempts?: number | null;
                            };
                            /** @description attemptSeconds 110 to 900, totalSeconds 600 to 169200, heartbeatSeconds 6 to 120, attempts 2 to 100 */
                            delivery?: {
                                attemptSeconds?: number | null;
                                totalSeconds?: number | null;
                                heartbeatSeconds?: number | null;
                                attempts?: number | null;
                            };
                        };
                        why: string;
                        /**
                         * @description who wants it, as the audit log tells it
                         * @default api
                         */
                        by?: string;
                        /** @description the version that you changed; another in force is a conflict */
                        parent?: number;
                    };
                };
            };
            responses: {
                /** @description The new version */
                201: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["LimitsVersion"];
                    };
                };
                /** @description The body is not JSON of this form */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Sent by another site's page */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Another version is in force, or one is being tried */
                409: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Above 1 MiB */
                413: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description The body is not application/json */
                415: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Outside of the bounds, contradictory, or no change */
                422: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/limits/versions/{number}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** One version of the table of limits */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    number: number;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description The version */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["LimitsVersion"];
                    };
                };
                /** @description Not a number */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description No such version */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/limits/audit": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Who changed limits, when and why, newest first */
        get: {
            parameters: {
                query?: {
                    /** @description `next` of the page before */
                    before?: number;
                    limit?: number;
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description A page of the log */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            entries: components["schemas"]["LimitsAuditEntry"][];
                            /** @description `before` of the next page; null at the end */
                            next: number | null;
                        };
                    };
                };
                /** @description A filter is not right */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/limits/rollback": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Give new jobs the version before, or an earlier one
         * @description While a version is being tried, that ends, and the version in force stays. Jobs that have a version keep it.
         */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": {
                        /** @description the version; 0 is the built-in table, the one before when left out */
                        to?: number;
                        /** @description of the roll-out that you have seen; another one is a conflict */
                        revision: number;
                        why: string;
                        /**
                         * @description who wants it, as the audit log tells it
                         * @default api
                         */
                        by?: string;
                    };
                };
            };
            responses: {
                /** @description What new jobs get now */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["LimitsRollout"];
                    };
                };
                /** @description The body is not JSON of this form */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Sent by another site's page */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description No such version */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description The roll-out has another revision, that version is being tried, or new jobs have it already */
                409: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Above 1 MiB */
                413: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description The body is not application/json */
                415: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description That version is outside of the bounds of this release */
                422: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/limits/proposals": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** What the tuning of limits has proposed, newest first */
        get: {
            parameters: {
                query?: {
                    /** @description `next` of the page before */
                    before?: number;
                    limit?: number;
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description A page */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            proposals: components["schemas"]["LimitsProposal"][];
                            next: number | null;
                        };
                    };
                };
                /** @description A filter is not right */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/limits/proposals/{number}/approve": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Have a proposal tried on 10 % of new jobs */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    number: number;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": {
                        /**
                         * @description who answers, as the audit log tells it
                         * @default api
                         */
                        by?: string;
                        note?: string;
                    };
                };
            };
            responses: {
                /** @description The proposal */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["LimitsProposal"];
                    };
                };
                /** @description The body is not JSON of this form */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Sent by another site's page */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description No such proposal */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description It waits for no answer */
                409: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Above 1 MiB */
                413: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description The body is not application/json */
                415: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Temporal cannot be reached, or no worker serves it: send it again */
                503: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/limits/proposals/{number}/deny": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Deny a proposal: nothing changes */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    number: number;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": {
                        /**
                         * @description who answers, as the audit log tells it
                         * @default api
                         */
                        by?: string;
                        note?: string;
                    };
                };
            };
            responses: {
                /** @description The proposal */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["LimitsProposal"];
                    };
                };
                /** @description The body is not JSON of this form */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Sent by another site's page */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description No such proposal */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description It waits for no answer */
                409: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Above 1 MiB */
                413: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description The body is not application/json */
                415: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Temporal cannot be reached, or no worker serves it: send it again */
                503: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/audits/computer-use": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Which lead magnets of all tenants use a browser, and what that asks of the installation */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description The report */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["ComputerUseAudit"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/audits/computer-use/lead-magnets": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The lead magnets with a computer-use step, by tenant and slug */
        get: {
            parameters: {
                query?: {
                    /** @description `next` of the previous page */
                    after?: string;
                    limit?: number;
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description The lead magnets; `next` is `after` of the next page, null on the last */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            leadMagnets: components["schemas"]["AuditedLeadMagnet"][];
                            next: string | null;
                        };
                    };
                };
                /** @description The query is wrong */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/audits/timeouts": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** What time limits put at risk, by the limits in force and by recorded runs */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description The report */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["TimeoutsAudit"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/provider-events": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * What the model provider tells of: responses and batches that have ended
         * @description For a webhook endpoint at OpenAI, whose events are signed by the Standard Webhooks scheme. The same event again changes nothing.
         */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "*/*": {
                        /** @description response.completed, response.failed, response.incomplete, response.cancelled, batch.completed, batch.failed, batch.expired, batch.cancelled; others are taken and ignored */
                        type: string;
                        data?: {
                            /** @description of the response or the batch */
                            id?: string;
                        } & {
                            [key: string]: unknown;
                        };
                    } & {
                        [key: string]: unknown;
                    };
                };
            };
            responses: {
                /** @description Taken */
                204: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                /** @description Signed, but no event */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description The signature is missing, wrong, or older than 5 minutes */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Sent by another site's page */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Above 16 KiB */
                413: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Not configured: set LODESTONE_PROVIDER_WEBHOOK_SECRET */
                501: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Temporal cannot be reached to wake the batch; the provider sends the event again */
                503: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
}
export type webhooks = Record<string, never>;
export interface components {
    schemas: {
        SavedLeadMagnet: {
            slug: string;
            name: string;
            version: number;
            createdAt: string;
            formUrl: string;
        };
        Problem: {
            /** @description stable, for programs, e.g. /problems/not-found */
            type: string;
            title: string;
            status: number;
            detail?: string;
            /** @description each thing that is wrong, with its place */
            problems?: {
                path: string;
                message: string;
            }[];
            /** @description the job that was kept, where one was */
            jobId?: string;
            /** @description the request of a tool that gave no answer in time */
            requestId?: string;
        };
        Job: {
            id: string;
            tenant: string;
            leadMagnet: {
                slug: string;
                name: string;
                version: number;
            };
            /** @enum {string} */
            state: "accepted" | "running" | "delivering" | "ended";
            /** @enum {string|null} */
            outcome: "completed" | "completed_with_errors" | "failed" | "cancelled" | "timed_out" | null;
            reason: {
                /** @description from a closed list, e.g. iteration_limit */
                type: string;
                message: string;
            } | null;
            /** @description what the job waits for, in one line */
            note: string | null;
            submittedAt: string;
            startedAt: string | null;
            endedAt: string | null;
            durationMilliseconds: number | null;
            /** @description the version of the table of limits that it was accepted with; 0 is the built-in table */
            limitsVersion: number;
            usage: {
                modelCalls: number;
                inputTokens: number;
                cachedInputTokens: number;
                outputTokens: number;
                /** @description US dollars */
                costUsd: number;
            };
            steps: {
                id: string;
                title: string;
                /** @enum {string} */
                kind: "computer_use" | "ai" | "webhook" | "render" | "batch" | "tool" | "code";
                needs: string[];
                generation: number;
                /** @enum {string} */
                state: "waiting" | "running" | "awaiting_approval" | "succeeded" | "failed" | "skipped" | "timed_out" | "cancelled";
                reason: {
                    /** @description from a closed list, e.g. iteration_limit */
                    type: string;
                    message: string;
                } | null;
                attempts: number;
                /** @description turns of a computer-use loop */
                iterations: number;
                /**
                 * @description how the last attempt got its browser
                 * @enum {string|null}
                 */
                recoveryLevel: "fresh" | "reattached" | "restored" | "restarted" | null;
                startedAt: string | null;
                endedAt: string | null;
                durationMilliseconds: number | null;
                usage: {
                    modelCalls: number;
                    inputTokens: number;
                    cachedInputTokens: number;
                    outputTokens: number;
                    /** @description US dollars */
                    costUsd: number;
                };
                /** @description name of the newest screenshot among the artifacts */
                screenshot: string | null;
                /** @description what the step does at the moment, in one line */
                note: string | null;
            }[];
            /** @description questions to people, oldest first */
            approvals: {
                requestId: string;
                step: string;
                /** @enum {string} */
                state: "open" | "approved" | "refused" | "expired" | "closed";
                /** @description the question, as text */
                question: string;
                /** @description the page that it is about */
                url: string;
                /** @description the screenshot; an artifact of the job */
                screenshot: {
                    name: string;
                    sha256: string;
                };
                askedAt: string;
                expiresAt: string;
                decidedAt: string | null;
                decidedBy: string | null;
                /** @description a note of the person; after a refusal the model gets it */
                note: string | null;
            }[];
            deliveries: {
                id: string;
                /** @enum {string} */
                kind: "email" | "webhook";
                /** @enum {string} */
                state: "waiting" | "scheduled" | "sending" | "retrying" | "delivered" | "failed" | "uncertain" | "skipped";
                attempts: number;
                /** @description the address, once known */
                target: string | null;
                /** @description why it ended without being delivered */
                reason: {
                    /** @description from a closed list, e.g. iteration_limit */
                    type: string;
                    message: string;
                } | null;
                /** @description what went wrong with the newest attempt, or with some receivers of a mail */
                lastError: string | null;
                /** @description how often people had it sent again */
                redeliveries: number;
                /** @description whether what it was sent with is kept, so that it can be sent again once it has ended */
                resendable: boolean;
                scheduledFor: string | null;
                deliveredAt: string | null;
                changedAt: string;
            }[];
            artifacts: {
                name: string;
                step: string | null;
                mediaType: string;
                bytes: number;
                sha256: string;
                deliverable: boolean;
                createdAt: string;
                /** @description its content was removed, so many days after the job ended; null while it is kept */
                removedAfterDays: number | null;
            }[];
            /** @description grows with every change */
            version: number;
        };
        JobEvent: {
            sequence: number;
            at: string;
            type: string;
            step: string | null;
            message: string;
            data: {
                [key: string]: unknown;
            };
        };
        ComputerRun: {
            display: {
                width: number;
                height: number;
            };
            budget: {
                iterations: number;
                seconds: number;
                usd: number | null;
            };
        };
        ComputerTurn: {
            iteration: number;
            /** @description grows with every change of a turn of this step: the cursor */
            sequence: number;
            generation: number;
            attempt: number;
            /**
             * @description how the attempt got its browser
             * @enum {string}
             */
            recoveryLevel: "fresh" | "reattached" | "restored" | "restarted";
            lookedAt: string;
            /** @description null while the model answers */
            answeredAt: string | null;
            url: string;
            /** @description among the artifacts of the job */
            screenshot: {
                name: string;
                sha256: string;
            };
            /** @description what no screenshot shows: dialogs, refused requests, interruptions */
            notes: string[];
            /** @description what the model wrote */
            text: string;
            responseId: string | null;
            actions: {
                /** @description the name of the action in the tool, e.g. click */
                type: string;
                /** @description a short description; typed text is given by its length */
                described: string;
                /** @description points on the screen in pixels: none, one, or the path of a drag */
                points: {
                    x: number;
                    y: number;
                }[];
                /** @description how far a scroll goes */
                scroll: {
                    x: number;
                    y: number;
                } | null;
                /** @description what is typed or pressed; a secret is shown as its placeholder */
                text: string | null;
                /** @enum {string} */
                outcome: "done" | "uncertain" | "refused" | "problem" | "not_run";
                /** @description why it could not be performed */
                problem: string | null;
            }[];
            inputTokens: number;
            cachedInputTokens: number;
            outputTokens: number;
            /** @description of this turn */
            costUsd: number;
            /** @description of the run so far */
            spentUsd: number;
            /** @description of the run so far; the time between attempts does not count */
            activeMilliseconds: number;
        };
        Control: {
            /** @enum {string} */
            state: "asked" | "held" | "returned";
            by: string;
            askedAt: string;
            /** @description a note for the model from the person, or why the browser was taken back */
            note: string | null;
            /** @description the newest screenshot, an artifact of the job; null until the person has control */
            screen: {
                name: string;
                sha256: string;
                url: string;
            } | null;
            /** @description what the person did since taking over, oldest first */
            actions: {
                sequence: number;
                /** @description a short description; typed text is given by its length and stored nowhere */
                described: string;
                /**
                 * @description `uncertain` while it is performed, and after a crash in the middle of it
                 * @enum {string}
                 */
                outcome: "waiting" | "uncertain" | "done" | "problem";
                problem: string | null;
            }[];
        } | null;
        Delivery: {
            id: string;
            /** @enum {string} */
            kind: "email" | "webhook";
            /** @enum {string} */
            state: "waiting" | "scheduled" | "sending" | "retrying" | "delivered" | "failed" | "uncertain" | "skipped";
            attempts: number;
            /** @description the address, once known */
            target: string | null;
            /** @description why it ended without being delivered */
            reason: {
                /** @description from a closed list, e.g. iteration_limit */
                type: string;
                message: string;
            } | null;
            /** @description what went wrong with the newest attempt, or with some receivers of a mail */
            lastError: string | null;
            /** @description how often people had it sent again */
            redeliveries: number;
            /** @description whether what it was sent with is kept, so that it can be sent again once it has ended */
            resendable: boolean;
            scheduledFor: string | null;
            deliveredAt: string | null;
            changedAt: string;
            jobId: string;
            leadMagnet: {
                slug: string;
                name: string;
            };
            submittedAt: string;
        };
        Approval: {
            requestId: string;
            step: string;
            /** @enum {string} */
            state: "open" | "approved" | "refused" | "expired" | "closed";
            /** @description the question, as text */
            question: string;
            /** @description the page that it is about */
            url: string;
            /** @description the screenshot; an artifact of the job */
            screenshot: {
                name: string;
                sha256: string;
            };
            askedAt: string;
            expiresAt: string;
            decidedAt: string | null;
            decidedBy: string | null;
            /** @description a note of the person; after a refusal the model gets it */
            note: string | null;
        };
        Batch: {
            id: string;
            tenant: string;
            definition: {
                name: string;
                model: string;
                /**
                 * @description the model's standing instructions
                 * @default null
                 */
                instructions: string | null;
                /** @description Mustache: {{item.field}} names a field of the item */
                prompt: string;
                /** @description a JSON Schema that each answer must fit */
                outputSchema: Record<string, unknown> | null;
                /**
                 * @description bounds what one call can cost
                 * @default 1024
                 */
                maxOutputTokens: number;
                /**
                 * @default null
                 * @enum {string|null}
                 */
                reasoningEffort: "none" | "low" | "medium" | "high" | "xhigh" | null;
                /**
                 * @description `economy`: by the provider's batch API, at half price, within 24 hours
                 * @default standard
                 * @enum {string}
                 */
                mode: "standard" | "economy";
                limits: {
                    /**
                     * @description items under way in parallel
                     * @default 50
                     */
                    parallel: number;
                    /**
                     * @description items that one run of the workflow handles
                     * @default 1000
                     */
                    pageSize: number;
                    /**
                     * @description time limit of one item
                     * @default 7200
                     */
                    itemSeconds: number;
                    /**
                     * @description when an item's time limit begins
                     * @default submission
                     * @enum {string}
                     */
                    itemClock: "submission" | "creation";
                    /**
                     * @description time limit of the whole batch
                     * @default 172800
                     */
                    jobSeconds: number;
                    /**
                     * @description attempts of an item after its first
                     * @default 6
                     */
                    retries: number;
                    /**
                     * @description time limit of one call to the provider
                     * @default 60
                     */
                    callSeconds: number;
                    /**
                     * @description submissions in any 60 minutes
                     * @default 24000
                     */
                    callsPerHour: number;
                    /**
                     * @description US dollars for the whole batch, never exceeded
                     * @default 50
                     */
                    capUsd: number;
                    /**
                     * @description US dollars in any 60 minutes
                     * @default 50
                     */
                    capPerHourUsd: number;
                    /**
                     * @description how long an unacknowledged call waits for the provider's event before it counts as lost
                     * @default 600
                     */
                    lostSeconds: number;
                    /**
                     * @description retry, and flag, an item whose call may have been paid and lost
                     * @default false
                     */
                    resubmitUncertain: boolean;
                };
            };
            /** @enum {string} */
            state: "importing" | "queued" | "running" | "paused" | "stopping" | "ended";
            /** @description it has ended, and its failed items are being reopened: it runs again when they are */
            isReopening: boolean;
            /** @enum {string|null} */
            outcome: "completed" | "completed_with_errors" | "failed" | "cancelled" | null;
            reason: {
                type: string;
                message: string;
            } | null;
            pause: {
                /** @enum {string} */
                by: "person" | "budget" | "provider";
                message: string;
                at: string;
            } | null;
            itemCount: number;
            counts: {
                pending: number;
                intended: number;
                submitted: number;
                succeeded: number;
                failed: number;
                timed_out: number;
                cancelled: number;
                uncertain: number;
            };
            /** @description items with a call that may have been paid twice or without an answer */
            flagged: number;
            /** @description US dollars spent */
            spentUsd: number;
            /** @description US dollars reserved for calls under way: the highest that they can cost */
            reservedUsd: number;
            /** @description estimated when the batch starts */
            estimateUsd: number | null;
            /** @description the cost if every answer had the maximum length */
            worstUsd: number | null;
            continuations: number;
            createdAt: string;
            startedAt: string | null;
            endedAt: string | null;
            /** @description increases with each change of the batch itself */
            version: number;
            progress: {
                /** @description items that have ended, with or without an answer */
                ended: number;
                /** @description items that ended in the last minute, or since the start if that is later; 0 unless the batch runs */
                itemsPerMinute: number;
                /** @description time to the end at this rate; null when no item has ended lately */
                secondsLeft: number | null;
                /** @description expected cost of the whole batch, from the cost of ended items; the estimate before any has ended */
                forecastUsd: number | null;
                /** @description most frequent first */
                failures: {
                    type: string;
                    count: number;
                }[];
                /** @description what a running batch, or a part of it, waits for now */
                waits: {
                    /** @enum {string} */
                    for: "rate_limit" | "breaker" | "cap_busy" | "cap_hour" | "calls_hour" | "retry" | "provider_batches";
                    /** @description what the batch waits for, in a sentence */
                    message: string;
                    /** @description when the wait is expected to end; ISO 8601, UTC */
                    until: string;
                }[];
                /** @description set while all batches are stopped by the switch of the platform */
                stopped: {
                    message: string;
                    at: string;
                } | null;
            };
        };
        Experiment: {
            id: string;
            tenant: string;
            name: string | null;
            /** @enum {string} */
            state: "created" | "processing" | "completed" | "partial" | "failed" | "cancelled" | "timed_out";
            /**
             * @description under way; null before and after
             * @enum {string|null}
             */
            phase: "dispatch" | "write" | "encode" | "decode" | "score" | "store" | null;
            /** @description under way, or the last one; 0 before the first */
            round: number;
            /** @description the most that are made */
            rounds: number;
            failure: {
                /** @enum {string} */
                phase: "dispatch" | "write" | "encode" | "decode" | "score" | "store";
                /** @enum {string} */
                type: "error" | "forbidden_import" | "time_limit" | "memory_limit" | "output_limit" | "crashed" | "bad_result" | "video" | "model" | "budget" | "total_time_limit" | "no_worker" | "installation" | "cancelled";
                message: string;
                /** @description of the code, from 1 */
                line: number | null;
            } | null;
            /** @description the round that is kept as the best */
            best: {
                round: number;
                metrics: {
                    bitrateMbps: number;
                    compressionRatio: number;
                    psnrDb: number | null;
                    isLossless: boolean;
                    ssim: number;
                    encodedBytes: number;
                } | null;
            } | null;
            acceptedAt: string;
            startedAt: string | null;
            endedAt: string | null;
            /** @description grows with every change */
            version: number;
            /** @description how many, of all tenants, wait for a worker before it; null for one that does not wait */
            waitingBefore: number | null;
            spec: {
                name?: string;
                video: {
                    /** @enum {string} */
                    kind: "generated";
                    /** @enum {string} */
                    pattern: "gradients" | "noise" | "text";
                    width: number;
                    height: number;
                    frames: number;
                    framesPerSecond: number;
                    seed: number;
                } | {
                    /** @enum {string} */
                    kind: "stored";
                    /** @enum {string} */
                    format: "y4m";
                    sha256: string;
                } | {
                    /** @enum {string} */
                    kind: "stored";
                    /** @enum {string} */
                    format: "frames";
                    sha256: string;
                    framesPerSecond: number;
                };
                code?: string;
                goal?: string;
                rounds: number;
                psnrDb: number;
                ratio?: number;
                model?: string;
                budget?: {
                    usd?: number;
                };
                /** @enum {string} */
                gpu: "none" | "wait" | "fail";
                limits?: {
                    encodeSeconds?: number;
                    decodeSeconds?: number;
                    totalSeconds?: number;
                    waitSeconds?: number;
                    memoryBytes?: number;
                };
            };
            /** @description those that it runs with: what it asked for, and the defaults of when it was accepted */
            limits: {
                /** @default 10 */
                dispatchSeconds?: number;
                /** @default 300 */
                writeSeconds?: number;
                /** @default 60 */
                encodeSeconds?: number;
                /** @default 60 */
                decodeSeconds?: number;
                /** @default 30 */
                scoreSeconds?: number;
                /** @default 60 */
                storeSeconds?: number;
                /** @default 3600 */
                totalSeconds?: number;
                /** @default 86400 */
                waitSeconds?: number;
                /** @default 10 */
                heartbeatSeconds?: number;
                /** @default 20 */
                attempts?: number;
                /** @default 1073741824 */
                memoryBytes?: number;
            };
            /** @description null until it has been made or read */
            video: {
                width: number;
                height: number;
                frames: number;
                framesPerSecond: number;
            } | null;
            /** @description the last heartbeat of the phase under way */
            progress: {
                at: string;
                phaseSeconds: number;
                memoryBytes: number;
                processorSeconds: number;
            } | null;
            roundsMade: {
                number: number;
                /** @enum {string} */
                state: "completed" | "partial" | "failed" | "cancelled" | "timed_out";
                failure: {
                    /** @enum {string} */
                    phase: "dispatch" | "write" | "encode" | "decode" | "score" | "store";
                    /** @enum {string} */
                    type: "error" | "forbidden_import" | "time_limit" | "memory_limit" | "output_limit" | "crashed" | "bad_result" | "video" | "model" | "budget" | "total_time_limit" | "no_worker" | "installation" | "cancelled";
                    message: string;
                    /** @description of the code, from 1 */
                    line: number | null;
                } | null;
                /** @description what the model said of its code */
                note: string | null;
                encoded: {
                    seconds: number;
                    peakBytes: number;
                } | null;
                decoded: {
                    seconds: number;
                    peakBytes: number;
                } | null;
                encodedBytes: number | null;
                metrics: {
                    bitrateMbps: number;
                    compressionRatio: number;
                    psnrDb: number | null;
                    isLossless: boolean;
                    ssim: number;
                    encodedBytes: number;
                } | null;
                isBest: boolean;
                /** @description no other round has both less bitrate and more quality */
                isOnFront: boolean;
                files: {
                    name: string;
                    mediaType: string;
                    bytes: number;
                    sha256: string;
                    /** @description null while it is kept */
                    removedAfterDays: number | null;
                }[];
                endedAt: string;
            }[];
            usage: {
                modelCalls: number;
                inputTokens: number;
                outputTokens: number;
                costUsd: number;
            };
        };
        ExperimentLine: {
            id: string;
            tenant: string;
            name: string | null;
            /** @enum {string} */
            state: "created" | "processing" | "completed" | "partial" | "failed" | "cancelled" | "timed_out";
            /**
             * @description under way; null before and after
             * @enum {string|null}
             */
            phase: "dispatch" | "write" | "encode" | "decode" | "score" | "store" | null;
            /** @description under way, or the last one; 0 before the first */
            round: number;
            /** @description the most that are made */
            rounds: number;
            failure: {
                /** @enum {string} */
                phase: "dispatch" | "write" | "encode" | "decode" | "score" | "store";
                /** @enum {string} */
                type: "error" | "forbidden_import" | "time_limit" | "memory_limit" | "output_limit" | "crashed" | "bad_result" | "video" | "model" | "budget" | "total_time_limit" | "no_worker" | "installation" | "cancelled";
                message: string;
                /** @description of the code, from 1 */
                line: number | null;
            } | null;
            /** @description the round that is kept as the best */
            best: {
                round: number;
                metrics: {
                    bitrateMbps: number;
                    compressionRatio: number;
                    psnrDb: number | null;
                    isLossless: boolean;
                    ssim: number;
                    encodedBytes: number;
                } | null;
            } | null;
            acceptedAt: string;
            startedAt: string | null;
            endedAt: string | null;
            /** @description grows with every change */
            version: number;
        };
        VideoUpload: {
            /** @description `video.sha256` of an experiment */
            sha256: string;
            bytes: number;
            /** @enum {string} */
            format: "y4m" | "frames";
        };
        Analysis: {
            from: string;
            to: string;
            /**
             * @description rows: all figures are exact; rollups: quantiles are within 1 %
             * @enum {string}
             */
            source: "rows" | "rollups";
            /** @enum {string} */
            by: "kind" | "lead-magnet" | "model" | "step";
            total: components["schemas"]["RunGroup"];
            /** @description those with the most time first */
            groups: components["schemas"]["RunGroup"][];
            groupsLeftOut: number;
            /** @description the most severe first */
            findings: components["schemas"]["Finding"][];
            findingsLeftOut: number;
        };
        RunGroup: {
            name: string;
            runs: number;
            /** @description runs above 60 s */
            aboveMinute: number;
            durationMs: components["schemas"]["Figures"];
            /** @description where the time of measured runs went, the largest part first */
            timeByPart: {
                /** @enum {string} */
                part: "queue" | "retry" | "person" | "model" | "tool" | "browser" | "sandbox" | "render" | "store" | "other";
                ms: number;
                share: number;
            }[];
            /** @description runs whose parts were measured */
            measured: number;
            outcomes: {
                [key: string]: number;
            };
            /** @description why runs did not succeed */
            errors: {
                [key: string]: number;
            };
            /** @description by HTTP status */
            refusals: {
                [key: string]: number;
            };
            memoryPeakBytes: components["schemas"]["Figures"];
            memoryMeanBytes: number;
            coldStarts: number;
            warmStarts: number;
            costMicroUsd: components["schemas"]["Figures"];
            inputTokens: number;
            outputTokens: number;
            attempts: number;
        };
        /** @description Percentiles are by nearest rank. All are 0 where nothing was measured. */
        Figures: {
            count: number;
            sum: number;
            min: number;
            max: number;
            mean: number;
            p50: number;
            p95: number;
            p99: number;
            /** @description of the sample: divided by one less than the count */
            variance: number;
        };
        Finding: {
            /** @enum {string} */
            cause: "missing_permission" | "endless_loop" | "limit_too_tight" | "stuck" | "waiting_for_a_slot" | "slow";
            /** @enum {string} */
            level: "critical" | "warning" | "info";
            about: string;
            tenant: string;
            /** @enum {string} */
            kind: "step" | "tool" | "item" | "experiment";
            work: string;
            leadMagnet: string | null;
            step: string | null;
            /** @description how many runs show it */
            runs: number;
            outOf: number;
            evidence: string;
            advice: string;
            examples: {
                tenant: string;
                key: string;
                endedAt: string;
                durationMs: number;
                /** @description the page of the job or the like; null for one of another tenant */
                page: string | null;
            }[];
        };
        Recommendations: {
            from: string;
            to: string;
            /** @description of all kinds together, as POST /v1/limits/versions takes it */
            change: {
                /** @description attemptSeconds 180 to 43200, totalSeconds 600 to 169200, heartbeatSeconds 6 to 120, attempts 2 to 100 */
                computer_use?: {
                    attemptSeconds?: number | null;
                    totalSeconds?: number | null;
                    heartbeatSeconds?: number | null;
                    attempts?: number | null;
                };
                /** @description attemptSeconds 30 to 7200, totalSeconds 600 to 169200, heartbeatSeconds 6 to 120, attempts 2 to 100 */
                ai?: {
                    attemptSeconds?: number | null;
                    totalSeconds?: number | null;
                    heartbeatSeconds?: number | null;
                    attempts?: number | null;
                };
                /** @description attemptSeconds 35 to 300, totalSeconds 600 to 169200, heartbeatSeconds cannot be set, attempts 2 to 100 */
                webhook?: {
                    attemptSeconds?: number | null;
                    totalSeconds?: number | null;
                    heartbeatSeconds?: number | null;
                    attempts?: number | null;
                };
                /** @description attemptSeconds 110 to 900, totalSeconds 600 to 169200, heartbeatSeconds cannot be set, attempts 2 to 100 */
                render?: {
                    attemptSeconds?: number | null;
                    totalSeconds?: number | null;
                    heartbeatSeconds?: number | null;
                    attempts?: number | null;
                };
                /** @description attemptSeconds 60 to 7200, totalSeconds 600 to 169200, heartbeatSeconds cannot be set, attempts 2 to 100 */
                batch?: {
                    attemptSeconds?: number | null;
                    totalSeconds?: number | null;
                    heartbeatSeconds?: number | null;
                    attempts?: number | null;
                };
                /** @description attemptSeconds 20 to 600, totalSeconds 600 to 169200, heartbeatSeconds cannot be set, attempts 2 to 100 */
                tool?: {
                    attemptSeconds?: number | null;
                    totalSeconds?: number | null;
                    heartbeatSeconds?: number | null;
                    attempts?: number | null;
                };
                /** @description attemptSeconds 30 to 7200, totalSeconds 600 to 169200, heartbeatSeconds 6 to 120, attempts 2 to 100 */
                code?: {
                    attemptSeconds?: number | null;
                    totalSeconds?: number | null;
                    heartbeatSeconds?: number | null;
                    attempts?: number | null;
                };
                /** @description attemptSeconds 110 to 900, totalSeconds 600 to 169200, heartbeatSeconds 6 to 120, attempts 2 to 100 */
                delivery?: {
                    attemptSeconds?: number | null;
                    totalSeconds?: number | null;
                    heartbeatSeconds?: number | null;
                    attempts?: number | null;
                };
            };
            kinds: components["schemas"]["LimitRecommendation"][];
            /** @description what the workers need together for the work as it came */
            workers: components["schemas"]["WorkerRecommendation"][];
        };
        LimitRecommendation: {
            /** @enum {string} */
            kind: "computer_use" | "ai" | "webhook" | "render" | "batch" | "tool" | "code" | "delivery";
            runs: number;
            /** @description how many more are needed; 0 when there are enough */
            missingRuns: number;
            /** @description of the seconds of attempts */
            attempt: {
                share: number;
                value: number;
                /** @description of the 95 % confidence interval */
                low: number;
                /** @description of that interval, or the largest value */
                high: number;
                /** @description whether the runs are enough for an upper end; else high is only a lower bound of it */
                isBounded: boolean;
            } | null;
            /** @description how many runs a limit ended */
            cutOff: number;
            /** @description where one begins without runs: the least and the most seconds */
            startingPoint: number[];
            /** @description a number sets a limit, null returns it to the built-in table */
            changes: {
                /** @description attemptSeconds 180 to 43200, totalSeconds 600 to 169200, heartbeatSeconds 6 to 120, attempts 2 to 100 */
                computer_use?: {
                    attemptSeconds?: number | null;
                    totalSeconds?: number | null;
                    heartbeatSeconds?: number | null;
                    attempts?: number | null;
                };
                /** @description attemptSeconds 30 to 7200, totalSeconds 600 to 169200, heartbeatSeconds 6 to 120, attempts 2 to 100 */
                ai?: {
                    attemptSeconds?: number | null;
                    totalSeconds?: number | null;
                    heartbeatSeconds?: number | null;
                    attempts?: number | null;
                };
                /** @description attemptSeconds 35 to 300, totalSeconds 600 to 169200, heartbeatSeconds cannot be set, attempts 2 to 100 */
                webhook?: {
                    attemptSeconds?: number | null;
                    totalSeconds?: number | null;
                    heartbeatSeconds?: number | null;
                    attempts?: number | null;
                };
                /** @description attemptSeconds 110 to 900, totalSeconds 600 to 169200, heartbeatSeconds cannot be set, attempts 2 to 100 */
                render?: {
                    attemptSeconds?: number | null;
                    totalSeconds?: number | null;
                    heartbeatSeconds?: number | null;
                    attempts?: number | null;
                };
                /** @description attemptSeconds 60 to 7200, totalSeconds 600 to 169200, heartbeatSeconds cannot be set, attempts 2 to 100 */
                batch?: {
                    attemptSeconds?: number | null;
                    totalSeconds?: number | null;
                    heartbeatSeconds?: number | null;
                    attempts?: number | null;
                };
                /** @description attemptSeconds 20 to 600, totalSeconds 600 to 169200, heartbeatSeconds cannot be set, attempts 2 to 100 */
                tool?: {
                    attemptSeconds?: number | null;
                    totalSeconds?: number | null;
                    heartbeatSeconds?: number | null;
                    attempts?: number | null;
                };
                /** @description attemptSeconds 30 to 7200, totalSeconds 600 to 169200, heartbeatSeconds 6 to 120, attempts 2 to 100 */
                code?: {
                    attemptSeconds?: number | null;
                    totalSeconds?: number | null;
                    heartbeatSeconds?: number | null;
                    attempts?: number | null;
                };
                /** @description attemptSeconds 110 to 900, totalSeconds 600 to 169200, heartbeatSeconds 6 to 120, attempts 2 to 100 */
                delivery?: {
                    attemptSeconds?: number | null;
                    totalSeconds?: number | null;
                    heartbeatSeconds?: number | null;
                    attempts?: number | null;
                };
            };
            why: string;
        };
        WorkerRecommendation: {
            /** @enum {string} */
            setting: "LODESTONE_BROWSERS" | "LODESTONE_SANDBOXES" | "LODESTONE_WARM_BROWSERS";
            runs: number;
            /** @description how many more are needed; 0 when there are enough */
            missingRuns: number;
            value: number | null;
            /** @description for that many at once */
            memoryBytes: number | null;
            why: string;
        };
        Tool: {
            name: string;
            title: string;
            description: string;
            hasExpert: boolean;
            /** @description the limit of a request; null without one */
            requestSeconds: number | null;
            inputSchema: {
                [key: string]: unknown;
            };
            outputSchema: {
                [key: string]: unknown;
            };
        };
        ToolRequest: {
            id: string;
            /** @enum {string} */
            state: "queued" | "running" | "ended";
            /** @enum {string} */
            phase: "queued" | "turn" | "expert" | "ended";
            /** @description its place among the requests that wait for a worker, from 1 */
            place: number | null;
            secondsUsed: number;
            /** @description until the limit of the request; null without one */
            secondsLeft: number | null;
            /** @description of the answer so far, estimated */
            tokens: number;
            tool: string;
            /** @enum {string|null} */
            outcome: "completed" | "partial" | "timed_out" | "failed" | "cancelled" | null;
            /** @description why there is no answer, or no answer of the expert */
            cut: {
                /**
                 * @description the layer of limits that ended it
                 * @enum {string}
                 */
                layer: "queue" | "provider" | "tool" | "expert" | "request";
                /** @enum {string} */
                type: "provider_authentication" | "provider_quota" | "provider_rate_limit" | "provider_unavailable" | "provider_request" | "model_refusal" | "model_answer" | "step_definition" | "egress_refused" | "browser" | "receiver_refused" | "receiver_unavailable" | "sandbox" | "store" | "effect_uncertain" | "iteration_limit" | "time_limit" | "budget" | "code" | "blocked" | "needs_person" | "approval_expired" | "timeout_start_to_close" | "timeout_heartbeat" | "timeout_schedule_to_close" | "timeout_schedule_to_start" | "job_time_limit" | "cancelled" | "dependency" | "unexpected";
                /** @description after how long */
                seconds: number;
                message: string;
                /** @description what the caller can do */
                advice: string;
            } | null;
            /** @description as the tool's outputSchema says */
            result: {
                [key: string]: unknown;
            } | null;
            continuationId: string;
            acceptedAt: string;
            startedAt: string | null;
            endedAt: string | null;
            usage: {
                modelCalls: number;
                inputTokens: number;
                outputTokens: number;
                costUsd: number;
            };
        };
        LimitsRollout: {
            /** @description the version of new jobs; 0 is the built-in table */
            stable: number;
            /** @description the version that is being tried */
            candidate: number | null;
            /** @description how many of 100 new jobs get the candidate */
            percent: number;
            /** @description when the candidate began to be tried */
            beganAt: string | null;
            /** @description when a change last took effect, or was taken back */
            changedAt: string | null;
            /** @description grows with every change of the roll-out */
            revision: number;
        };
        LimitsVersion: {
            number: number;
            madeAt: string;
            /** @enum {string} */
            madeBy: "operator" | "tuning";
            why: string;
            /** @description the version that it changes; 0 is the built-in table */
            parent: number;
            /** @description what differs from the built-in table, by kind of work */
            overrides: {
                computer_use?: {
                    attemptSeconds?: number;
                    totalSeconds?: number;
                    heartbeatSeconds?: number;
                    attempts?: number;
                };
                ai?: {
                    attemptSeconds?: number;
                    totalSeconds?: number;
                    heartbeatSeconds?: number;
                    attempts?: number;
                };
                webhook?: {
                    attemptSeconds?: number;
                    totalSeconds?: number;
                    heartbeatSeconds?: number;
                    attempts?: number;
                };
                render?: {
                    attemptSeconds?: number;
                    totalSeconds?: number;
                    heartbeatSeconds?: number;
                    attempts?: number;
                };
                batch?: {
                    attemptSeconds?: number;
                    totalSeconds?: number;
                    heartbeatSeconds?: number;
                    attempts?: number;
                };
                tool?: {
                    attemptSeconds?: number;
                    totalSeconds?: number;
                    heartbeatSeconds?: number;
                    attempts?: number;
                };
                code?: {
                    attemptSeconds?: number;
                    totalSeconds?: number;
                    heartbeatSeconds?: number;
                    attempts?: number;
                };
                delivery?: {
                    attemptSeconds?: number;
                    totalSeconds?: number;
                    heartbeatSeconds?: number;
                    attempts?: number;
                };
            };
        };
        LimitsAuditEntry: {
            sequence: number;
            at: string;
            who: string;
            /** @enum {string} */
            action: "set" | "proposed" | "approved" | "denied" | "expired" | "canary_started" | "promoted" | "rolled_back";
            version: number | null;
            proposal: number | null;
            why: string;
            /** @description the figures that it was decided by; of a roll-back by a person, `to` is the version that new jobs get; else null */
            evidence: {
                [key: string]: unknown;
            } | null;
        };
        LimitsProposal: {
            number: number;
            madeAt: string;
            /**
             * @description dry_run: recorded only; applied: tried without asking
             * @enum {string}
             */
            state: "dry_run" | "open" | "approved" | "denied" | "expired" | "applied";
            /** @description the version that it changes */
            base: number;
            /** @description what differs from the built-in table, by kind of work */
            overrides: {
                computer_use?: {
                    attemptSeconds?: number;
                    totalSeconds?: number;
                    heartbeatSeconds?: number;
                    attempts?: number;
                };
                ai?: {
                    attemptSeconds?: number;
                    totalSeconds?: number;
                    heartbeatSeconds?: number;
                    attempts?: number;
                };
                webhook?: {
                    attemptSeconds?: number;
                    totalSeconds?: number;
                    heartbeatSeconds?: number;
                    attempts?: number;
                };
                render?: {
                    attemptSeconds?: number;
                    totalSeconds?: number;
                    heartbeatSeconds?: number;
                    attempts?: number;
                };
                batch?: {
                    attemptSeconds?: number;
                    totalSeconds?: number;
                    heartbeatSeconds?: number;
                    attempts?: number;
                };
                tool?: {
                    attemptSeconds?: number;
                    totalSeconds?: number;
                    heartbeatSeconds?: number;
                    attempts?: number;
                };
                code?: {
                    attemptSeconds?: number;
                    totalSeconds?: number;
                    heartbeatSeconds?: number;
                    attempts?: number;
                };
                delivery?: {
                    attemptSeconds?: number;
                    totalSeconds?: number;
                    heartbeatSeconds?: number;
                    attempts?: number;
                };
            };
            why: string;
            /** @description the figures that it follows */
            evidence: {
                [key: string]: unknown;
            };
            expiresAt: string | null;
            decidedAt: string | null;
            decidedBy: string | null;
            note: string | null;
            /** @description the version that it became */
            version: number | null;
        };
        /** @description which lead magnets use a browser, and what that asks of the installation */
        ComputerUseAudit: {
            /** @description when it was made; a report is made at most once a minute */
            at: string;
            /** @description runs that have ended since then are counted */
            since: string;
            leadMagnets: {
                total: number;
                /** @description stored in a form that this version cannot read; they are not judged */
                unreadable: number;
            };
            /** @description the versions of limits that new jobs get; 0 is the built-in table */
            limitsVersions: number[];
            /** @description lead magnets with a computer-use step */
            using: number;
            sharePercent: number;
            /**
             * @description A: below 5 % of all lead magnets; B: 5 to 20 %; C: above 20 %
             * @enum {string}
             */
            path: "A" | "B" | "C";
            advice: string;
            actions: {
                /**
                 * @description the first path that asks for it
                 * @enum {string}
                 */
                path: "A" | "B" | "C";
                /** @description whether the path of this installation asks for it */
                isDue: boolean;
                action: string;
                /** @enum {string} */
                state: "yes" | "no" | "unknown";
                /** @description what the state was judged by */
                finding: string;
                how: string;
            }[];
            tenants: {
                tenant: string;
                leadMagnets: number;
                using: number;
                runs: number;
            }[];
            displays: {
                width: number;
                height: number;
                steps: number;
            }[];
            environments: {
                environment: string;
                steps: number;
            }[];
            /** @description of computer-use steps */
            runs: {
                runs: number;
                /** @description runs that used 80 % of their limit or more */
                reached80: number;
                reached90: number;
                reached100: number;
            };
            /** @description of the lead magnets and runs with computer use alone */
            risk: {
                /** @description 0: nothing is at risk; docs/audits.md has the formula */
                score: number;
                parts: {
                    /** @enum {string} */
                    part: "loop_budget" | "several_loops" | "step_limit" | "job_limit" | "timeouts" | "near_limit";
                    points: number;
                    most: number;
                }[];
            };
        };
        AuditedLeadMagnet: {
            tenant: string;
            slug: string;
            name: string;
            version: number;
            /** @description runs of its computer-use steps */
            runs: number;
            steps: {
                step: string;
                display: {
                    width: number;
                    height: number;
                };
                environment: string;
                budget: {
                    iterations: number;
                    seconds: number;
                    usd: number | null;
                };
                /** @description in force, by the version of limits of new jobs */
                attemptSeconds: number;
                /** @description null when it is tried until it succeeds */
                attempts: number | null;
            }[];
        };
        /** @description what time limits put at risk */
        TimeoutsAudit: {
            /** @description when it was made; a report is made at most once a minute */
            at: string;
            /** @description runs that have ended since then are counted */
            since: string;
            leadMagnets: {
                total: number;
                /** @description stored in a form that this version cannot read; they are not judged */
                unreadable: number;
            };
            /** @description the versions of limits that new jobs get; 0 is the built-in table */
            limitsVersions: number[];
            risk: {
                /** @description 0: nothing is at risk; docs/audits.md has the formula */
                score: number;
                parts: {
                    /** @enum {string} */
                    part: "loop_budget" | "several_loops" | "step_limit" | "job_limit" | "timeouts" | "near_limit";
                    points: number;
                    most: number;
                }[];
            };
            /** @description jobs that reached the limit of the whole job */
            jobsOutOfTime: number;
            scenarios: {
                /** @enum {string} */
                scenario: "loop_budget" | "several_loops" | "step_limit" | "job_limit";
                /** @enum {string} */
                level: "none" | "low" | "medium" | "high";
                finding: string;
                impact: string;
                mitigation: string;
                /** @description lead magnets at each level, by their limits alone */
                limits: {
                    none?: number;
                    low?: number;
                    medium?: number;
                    high?: number;
                };
                /** @description the first lead magnets at the level high, at most 20 */
                atRisk: {
                    tenant: string;
                    slug: string;
                    finding: string;
                }[];
            }[];
            works: {
                runs: number;
                /** @description runs that used 80 % of their limit or more */
                reached80: number;
                reached90: number;
                reached100: number;
                /** @enum {string} */
                kind: "step" | "tool" | "item" | "experiment";
                work: string;
                timeouts: {
                    timeout_start_to_close: number;
                    timeout_heartbeat: number;
                    timeout_schedule_to_close: number;
                    timeout_schedule_to_start: number;
                };
            }[];
        };
    };
    responses: never;
    parameters: never;
    requestBodies: never;
    headers: never;
    pathItems: never;
}
export type $defs = Record<string, never>;
export type operations = Record<string, never>;
