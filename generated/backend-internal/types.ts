// Generated from openapi/backend-internal.yaml by `make generate`. Do not edit.

export interface paths {
    "/": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Which service answers here
         * @description Open without the secret, so that a wrong address or port shows itself.
         */
        get: operations["getService"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/internal/health": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Is the backend reachable and well
         * @description Answers 200 whatever the state; `status` tells it and `checks` names what is not well.
         */
        get: operations["healthCheck"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/internal/user/info": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Who is this Discord user
         * @description What the database knows of a Discord user: whether they have an account on the website, their e-mail, their
         *     plan. A user that does not exist is a verdict (`user_found` false), not an error.
         */
        post: operations["getUserInfo"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/internal/event/notify": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Something happened on Discord
         * @description A member joined or left, roles changed, a command was used, a message was sent. `200` means that the event is
         *     durable; what it sets in motion (a member who joins gets their roles) is stored in the same transaction.
         */
        post: operations["notifyEvent"];
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
        /**
         * @description A Discord id (snowflake) as a string; as a JSON number it would lose digits.
         * @example 123456789012345678
         */
        DiscordId: string;
        BotUserInfoRequest: {
            discord_id: components["schemas"]["DiscordId"];
        };
        /**
         * @description Stripe's status of a subscription. `other` is what a reader makes of a value it does not know.
         * @enum {string}
         */
        SubscriptionStatus: "active" | "trialing" | "past_due" | "unpaid" | "paused" | "incomplete" | "incomplete_expired" | "canceled" | "other";
        /**
         * @description How often is paid. `other` is what a reader makes of a value it does not know.
         * @enum {string}
         */
        BillingInterval: "day" | "week" | "month" | "year" | "other";
        /**
         * @description What the website shows of the subscription, and what the date of `state_at` means. `active`: renews then; `trial`:
         *     ends the trial then; `ending`: ends then; `collection_paused`: nothing is charged until then; `late`: a payment
         *     failed and the plan is kept until then; `confirm`: the same, and the bank wants the customer to confirm the
         *     payment; `lapsed`: a payment failed and the plan is gone; `unpaid`: invoices are open and Stripe has stopped
         *     collecting them; `paused`: the trial ended without a payment method; `incomplete`: the first payment is not
         *     finished, and it expires then; `ended`: ended then. `other` is what a reader makes of a value it does not know.
         * @enum {string}
         */
        SubscriptionState: "active" | "trial" | "ending" | "collection_paused" | "late" | "confirm" | "lapsed" | "unpaid" | "paused" | "incomplete" | "ended" | "other";
        /** @description The subscription that the plan comes from. */
        UserSubscription: {
            status: components["schemas"]["SubscriptionStatus"];
            interval?: components["schemas"]["BillingInterval"];
            /**
             * @description It is billed every so many intervals; absent, every one
             * @example 3
             */
            interval_count?: number;
            state?: components["schemas"]["SubscriptionState"];
            /**
             * Format: date-time
             * @description The date that belongs to the state, as the state describes it; null if it has none
             */
            state_at?: string | null;
            /**
             * Format: date-time
             * @description When it renews or ends
             */
            current_period_end?: string | null;
            /** @description It ends then instead of renewing */
            cancel_at_period_end?: boolean;
        };
        BotUserInfoResponse: {
            success: boolean;
            /**
             * @example User found
             * @example User not found
             */
            message: string;
            user_found: boolean;
            discord_id?: components["schemas"]["DiscordId"] | null;
            /** @example user@example.com */
            email?: string | null;
            /**
             * Format: date-time
             * @example 2024-01-15T10:30:00Z
             */
            created_at?: string | null;
            /**
             * Format: date-time
             * @example 2024-01-20T14:25:00Z
             */
            updated_at?: string | null;
            /**
             * @description The effective plan
             * @example moddy_max
             * @example free
             */
            plan?: string | null;
            /**
             * @description The user's language
             * @example fr
             */
            locale?: string | null;
            subscription?: components["schemas"]["UserSubscription"] | null;
        };
        /**
         * @description A member joined the server; left it; had their roles changed; used a command of the bot; sent a message (only
         *     when logging is switched on).
         * @enum {string}
         */
        BotEventType: "member_joined" | "member_left" | "role_updated" | "command_used" | "message_sent";
        /** @description Further facts of the event. Never logged. At most 16 KiB of JSON and 8 levels of nesting. */
        EventMetadata: {
            /** @example 999888777666555444 */
            guild_id?: string | null;
            /**
             * @description When it happened
             * @example 2024-01-20T15:30:00Z
             */
            timestamp?: string | null;
            username?: string | null;
        } & {
            [key: string]: unknown;
        };
        BotEventNotifyRequest: {
            event_type: components["schemas"]["BotEventType"];
            discord_id: components["schemas"]["DiscordId"];
            metadata?: components["schemas"]["EventMetadata"] | null;
        };
        BotEventNotifyResponse: {
            success: boolean;
            /** @example Event member_joined processed successfully */
            message: string;
            /** @description The event is durable */
            event_received: boolean;
        };
        /** @enum {string} */
        HealthStatus: "healthy" | "unhealthy";
        HealthCheck: {
            /** @example database */
            name: string;
            status: components["schemas"]["HealthStatus"];
            /**
             * @description The cause in plain words
             * @example no answer for 5 s
             */
            detail?: string;
        };
        /** @description Which version of a document a service was built from. */
        ContractVersion: {
            /** @example 1.0.0 */
            version: string;
            /** @description SHA-256 of the document's canonical form without prose */
            digest: string;
        };
        InternalHealthResponse: {
            status: components["schemas"]["HealthStatus"];
            /** @constant */
            service: "website-backend";
            /**
             * @description This document's version
             * @example 1.0.0
             */
            version?: string | null;
            /**
             * Format: date-time
             * @description When this process started
             */
            started_at?: string;
            checks?: components["schemas"]["HealthCheck"][];
            /** @description The documents this service was built from */
            contract?: {
                "bot-internal"?: components["schemas"]["ContractVersion"];
                "backend-internal"?: components["schemas"]["ContractVersion"];
            };
        };
        ServiceResponse: {
            /** @constant */
            service: "website-backend-internal";
            /** @constant */
            status: "running";
        };
        ErrorDetail: {
            /**
             * @description JSON pointer to the fault
             * @example /body/discord_id
             */
            path: string;
            message: string;
        };
        ErrorResponse: {
            error: string;
            details?: components["schemas"]["ErrorDetail"][];
        };
    };
    responses: {
        /** @description The body is not JSON. Nothing was done. */
        BadRequest: {
            headers: {
                /** @description The caller's `X-Request-Id` if it sent a usable one, else a new one; the same as in the logs. */
                "X-Request-Id": string;
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "error": "Malformed JSON"
                 *     }
                 */
                "application/json": components["schemas"]["ErrorResponse"];
            };
        };
        /** @description No secret, or not as `Bearer <secret>`. */
        Unauthorized: {
            headers: {
                /** @description The caller's `X-Request-Id` if it sent a usable one, else a new one; the same as in the logs. */
                "X-Request-Id": string;
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["ErrorResponse"];
            };
        };
        /** @description The secret is not ours. */
        Forbidden: {
            headers: {
                /** @description The caller's `X-Request-Id` if it sent a usable one, else a new one; the same as in the logs. */
                "X-Request-Id": string;
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "error": "Invalid secret"
                 *     }
                 */
                "application/json": components["schemas"]["ErrorResponse"];
            };
        };
        /** @description The body is longer than 64 KiB. Nothing was done. */
        ContentTooLarge: {
            headers: {
                /** @description The caller's `X-Request-Id` if it sent a usable one, else a new one; the same as in the logs. */
                "X-Request-Id": string;
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "error": "Body too large"
                 *     }
                 */
                "application/json": components["schemas"]["ErrorResponse"];
            };
        };
        /** @description The body is not sent as `application/json`. Nothing was done. */
        UnsupportedMediaType: {
            headers: {
                /** @description The caller's `X-Request-Id` if it sent a usable one, else a new one; the same as in the logs. */
                "X-Request-Id": string;
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "error": "Content-Type must be application/json"
                 *     }
                 */
                "application/json": components["schemas"]["ErrorResponse"];
            };
        };
        /** @description The request came through the public edge or for a public host; this API is private. */
        MisdirectedRequest: {
            headers: {
                /** @description The caller's `X-Request-Id` if it sent a usable one, else a new one; the same as in the logs. */
                "X-Request-Id": string;
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "error": "This API is only served on the private network"
                 *     }
                 */
                "application/json": components["schemas"]["ErrorResponse"];
            };
        };
        /** @description The request breaks this contract, or names something that does not exist. Nothing was done. */
        UnprocessableContent: {
            headers: {
                /** @description The caller's `X-Request-Id` if it sent a usable one, else a new one; the same as in the logs. */
                "X-Request-Id": string;
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "error": "The request does not match the contract",
                 *       "details": [
                 *         {
                 *           "path": "/body/discord_id",
                 *           "message": "Invalid string: must match pattern /^[0-9]{1,20}$/u"
                 *         }
                 *       ]
                 *     }
                 */
                "application/json": components["schemas"]["ErrorResponse"];
            };
        };
        /** @description Too many failed authentications from this address. A request with the secret is never answered so. */
        TooManyRequests: {
            headers: {
                /** @description The caller's `X-Request-Id` if it sent a usable one, else a new one; the same as in the logs. */
                "X-Request-Id": string;
                /** @description Seconds to wait before asking again. */
                "Retry-After": number;
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "error": "Too many failed authentications"
                 *     }
                 */
                "application/json": components["schemas"]["ErrorResponse"];
            };
        };
        /** @description A fault of this service. The log line with the same request id says which. */
        InternalError: {
            headers: {
                /** @description The caller's `X-Request-Id` if it sent a usable one, else a new one; the same as in the logs. */
                "X-Request-Id": string;
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "error": "Internal error"
                 *     }
                 */
                "application/json": components["schemas"]["ErrorResponse"];
            };
        };
        /** @description Not now (the database is not reachable, the same request is still under way). Ask again after `Retry-After` seconds. */
        ServiceUnavailable: {
            headers: {
                /** @description The caller's `X-Request-Id` if it sent a usable one, else a new one; the same as in the logs. */
                "X-Request-Id": string;
                /** @description Seconds to wait before asking again. */
                "Retry-After": number;
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "error": "The database is not reachable"
                 *     }
                 */
                "application/json": components["schemas"]["ErrorResponse"];
            };
        };
    };
    parameters: {
        /**
         * @description The same key with the same body is answered as before and has no second effect; with another body it is
         *     refused with 422.
         */
        IdempotencyKey: string;
        /** @description Which attempt at the same delivery this is. Above 1 an earlier one may have had its effect unseen. */
        DeliveryAttempt: number;
    };
    requestBodies: never;
    headers: {
        /** @description The caller's `X-Request-Id` if it sent a usable one, else a new one; the same as in the logs. */
        RequestId: string;
        /** @description Seconds to wait before asking again. */
        RetryAfter: number;
    };
    pathItems: never;
}
export type $defs = Record<string, never>;
export interface operations {
    getService: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The service runs. */
            200: {
                headers: {
                    /** @description The caller's `X-Request-Id` if it sent a usable one, else a new one; the same as in the logs. */
                    "X-Request-Id": string;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "service": "website-backend-internal",
                     *       "status": "running"
                     *     }
                     */
                    "application/json": components["schemas"]["ServiceResponse"];
                };
            };
            421: components["responses"]["MisdirectedRequest"];
            500: components["responses"]["InternalError"];
        };
    };
    healthCheck: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The backend's state, as true as the backend can know it. */
            200: {
                headers: {
                    /** @description The caller's `X-Request-Id` if it sent a usable one, else a new one; the same as in the logs. */
                    "X-Request-Id": string;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "status": "healthy",
                     *       "service": "website-backend",
                     *       "version": "1.1.0"
                     *     }
                     */
                    "application/json": components["schemas"]["InternalHealthResponse"];
                };
            };
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            421: components["responses"]["MisdirectedRequest"];
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["InternalError"];
        };
    };
    getUserInfo: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "discord_id": "123456789012345678"
                 *     }
                 */
                "application/json": components["schemas"]["BotUserInfoRequest"];
            };
        };
        responses: {
            /** @description A final verdict. */
            200: {
                headers: {
                    /** @description The caller's `X-Request-Id` if it sent a usable one, else a new one; the same as in the logs. */
                    "X-Request-Id": string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["BotUserInfoResponse"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            413: components["responses"]["ContentTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            421: components["responses"]["MisdirectedRequest"];
            422: components["responses"]["UnprocessableContent"];
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    notifyEvent: {
        parameters: {
            query?: never;
            header?: {
                /**
                 * @description The same key with the same body is answered as before and has no second effect; with another body it is
                 *     refused with 422.
                 */
                "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
                /** @description Which attempt at the same delivery this is. Above 1 an earlier one may have had its effect unseen. */
                "X-Delivery-Attempt"?: components["parameters"]["DeliveryAttempt"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "event_type": "member_joined",
                 *       "discord_id": "123456789012345678",
                 *       "metadata": {
                 *         "guild_id": "999888777666555444",
                 *         "timestamp": "2024-01-20T15:30:00Z"
                 *       }
                 *     }
                 */
                "application/json": components["schemas"]["BotEventNotifyRequest"];
            };
        };
        responses: {
            /** @description The event is stored. */
            200: {
                headers: {
                    /** @description The caller's `X-Request-Id` if it sent a usable one, else a new one; the same as in the logs. */
                    "X-Request-Id": string;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "success": true,
                     *       "message": "Event member_joined processed successfully",
                     *       "event_received": true
                     *     }
                     */
                    "application/json": components["schemas"]["BotEventNotifyResponse"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            413: components["responses"]["ContentTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            421: components["responses"]["MisdirectedRequest"];
            422: components["responses"]["UnprocessableContent"];
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
}
