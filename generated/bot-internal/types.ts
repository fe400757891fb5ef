// Generated from openapi/bot-internal.yaml by `make generate`. Do not edit.

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
         * Is the bot reachable and well
         * @description Answers 200 whatever the state; `status` tells it. Unhealthy means: connected to this process, but Discord's
         *     gateway, its token or its guild is not usable at the moment; `checks` names which.
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
    "/internal/notify": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Notify a user
         * @description Tells a Discord user by direct message what happened to their subscription (payment, upgrade, …), in their
         *     language. A closed door (direct messages off, no server in common, account deleted) is a final verdict, not an error.
         */
        post: operations["notifyUser"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/internal/roles/update": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Update a user's Discord roles
         * @description With both lists absent or null, the member's roles become those of `plan`: that plan's are added, every other
         *     plan's removed; `free` has none. With a list, also an empty one, the lists are applied as given.
         *     Administrator and moderation roles are never granted.
         */
        post: operations["updateUserRole"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/internal/members/add": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Add a user to the server
         * @description Makes a Discord user a member of the server, with the access token that they gave with the scope `guilds.join`.
         *     A user who is a member already stays one. The token is used for this call only: it is never logged or stored.
         */
        post: operations["addMember"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/internal/roles/holders": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List the members who hold a plan's role
         * @description One page of the server's members, of whom those are listed who hold a role of `PLAN_ROLES` or
         *     `PLAN_ROLES_RETIRED`. Bots are left out. A page may be empty; `next` is null on the last one only.
         */
        get: operations["listRoleHolders"];
        put?: never;
        post?: never;
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
        /**
         * @description What happened: a new subscription; a change within it; its end; a better plan; a smaller plan.
         * @enum {string}
         */
        UserAction: "subscription_created" | "subscription_updated" | "subscription_cancelled" | "plan_upgraded" | "plan_downgraded";
        /**
         * @description What a `subscription_updated` is about. `granted` and `grant_ended`: an operator gave the plan without a payment,
         *     and that is over. `other` is what a reader makes of a value it does not know.
         * @enum {string}
         */
        SubscriptionChange: "cancellation_scheduled" | "cancellation_withdrawn" | "interval_changed" | "payment_late" | "payment_recovered" | "resumed" | "renewal_soon" | "trial_ending" | "granted" | "grant_ended" | "other";
        /**
         * @description How often is paid. `other` is what a reader makes of a value it does not know.
         * @enum {string}
         */
        BillingInterval: "day" | "week" | "month" | "year" | "other";
        /**
         * @description Further facts. Only `change`, `interval`, `interval_count`, `effective_at`, `action_required`, `amount` and
         *     `currency` are ever shown to the user; nothing of it is logged. At most 16 KiB of JSON and 8 levels of nesting.
         */
        NotifyMetadata: {
            /**
             * @description Stripe customer
             * @example cus_ABC123
             */
            customer_id?: string | null;
            /** @example user@example.com */
            email?: string | null;
            /** @example +33612345678 */
            phone?: string | null;
            /**
             * @description Billing interval as the website names it
             * @example month
             */
            subscription_type?: string | null;
            /** @description What changed */
            change?: components["schemas"]["SubscriptionChange"] | null;
            interval?: components["schemas"]["BillingInterval"] | null;
            /**
             * @description The subscription is billed every so many intervals; absent, every one
             * @example 3
             */
            interval_count?: number | null;
            /** @description With `payment_late`, the bank wants the customer to confirm the payment; another card is not needed */
            action_required?: boolean | null;
            /**
             * Format: date-time
             * @description When the change takes effect
             */
            effective_at?: string | null;
            /**
             * @description With `renewal_soon` and `trial_ending`, what will be charged, in the smallest unit as Stripe counts
             * @example 999
             */
            amount?: number | null;
            /**
             * @description Of `amount`
             * @example eur
             */
            currency?: string | null;
        } & {
            [key: string]: unknown;
        };
        InternalNotifyUserRequest: {
            discord_id: components["schemas"]["DiscordId"];
            action: components["schemas"]["UserAction"];
            /**
             * @description Name of the plan
             * @example moddy_max
             * @example free
             */
            plan?: string | null;
            metadata?: components["schemas"]["NotifyMetadata"] | null;
            /**
             * @description The user's language as Discord or a browser names it; unknown ones fall back.
             * @example fr
             * @example en-US
             */
            locale?: string | null;
        };
        /**
         * @description Why no message was sent. `other` is what a reader makes of a value it does not know.
         * @enum {string}
         */
        NotifyReason: "dm_closed" | "no_mutual_guild" | "unknown_user" | "other";
        InternalNotifyUserResponse: {
            success: boolean;
            /** @example User notified successfully */
            message: string;
            /**
             * @description The direct message is in the user's inbox
             * @default false
             */
            notification_sent: boolean;
            reason?: components["schemas"]["NotifyReason"];
        };
        /** @description No role may stand in both lists. */
        InternalUpdateRoleRequest: {
            discord_id: components["schemas"]["DiscordId"];
            /**
             * @description The user's new plan
             * @example moddy_max
             */
            plan: string;
            /** @description Ids of roles to add */
            add_roles?: components["schemas"]["DiscordId"][] | null;
            /** @description Ids of roles to remove */
            remove_roles?: components["schemas"]["DiscordId"][] | null;
            /** @description Grows with every change of the user's plan. An older one than the member's last is `superseded`. */
            revision?: number | null;
        };
        /**
         * @description Why the roles are not as asked. `pending` is a member in membership screening. `other` is what a reader makes
         *     of a value it does not know.
         * @enum {string}
         */
        RoleReason: "not_in_guild" | "pending" | "unknown_user" | "unknown_plan" | "role_misconfigured" | "role_refused" | "missing_permissions" | "guild_unavailable" | "superseded" | "partial" | "other";
        InternalUpdateRoleResponse: {
            success: boolean;
            /** @example Roles updated successfully */
            message: string;
            /**
             * @description The roles are now as asked
             * @default false
             */
            roles_updated: boolean;
            /** @description The guild that was changed */
            guild_id?: components["schemas"]["DiscordId"] | null;
            reason?: components["schemas"]["RoleReason"];
            /** @description Roles the member got by this call */
            added?: components["schemas"]["DiscordId"][];
            /** @description Roles the member lost by this call */
            removed?: components["schemas"]["DiscordId"][];
            /** @description Roles that could not be changed */
            failed?: components["schemas"]["DiscordId"][];
        };
        /**
         * @description Why the user is not a member. `token_rejected` is an access token that is expired, revoked or without the scope
         *     `guilds.join`. `other` is what a reader makes of a value it does not know.
         * @enum {string}
         */
        AddMemberReason: "banned" | "guild_full" | "too_many_guilds" | "token_rejected" | "unknown_user" | "missing_permissions" | "guild_unavailable" | "other";
        InternalAddMemberRequest: {
            discord_id: components["schemas"]["DiscordId"];
            /** @description The user's OAuth2 access token */
            access_token: string;
        };
        InternalAddMemberResponse: {
            success: boolean;
            /** @example The user is a member */
            message: string;
            /**
             * @description The user is a member now
             * @default false
             */
            member_added: boolean;
            /** @description The server */
            guild_id?: components["schemas"]["DiscordId"] | null;
            reason?: components["schemas"]["AddMemberReason"];
        };
        RoleHolder: {
            discord_id: components["schemas"]["DiscordId"];
            /** @description The plan roles that the member holds */
            roles: components["schemas"]["DiscordId"][];
            /** @description The member owns the server or holds a role with Administrator */
            administrator: boolean;
        };
        /**
         * @description Why the members cannot be listed. `missing_intent` is a bot whose Server Members Intent is switched off. `other`
         *     is what a reader makes of a value it does not know.
         * @enum {string}
         */
        ListRoleHoldersReason: "guild_unavailable" | "missing_intent" | "other";
        InternalListRoleHoldersResponse: {
            success: boolean;
            /** @example One page of members */
            message: string;
            /** @description The server */
            guild_id?: components["schemas"]["DiscordId"] | null;
            holders?: components["schemas"]["RoleHolder"][];
            /** @description Where the next page begins; null on the last one */
            next?: components["schemas"]["DiscordId"] | null;
            reason?: components["schemas"]["ListRoleHoldersReason"];
        };
        /** @enum {string} */
        HealthStatus: "healthy" | "unhealthy";
        HealthCheck: {
            /** @example gateway */
            name: string;
            status: components["schemas"]["HealthStatus"];
            /**
             * @description The cause in plain words
             * @example no heartbeat for 63 s
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
            service: "discord-bot";
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
            service: "moddy-bot-internal";
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
        /** @description Not now (rate limit, Discord down, the same request still under way). Ask again after `Retry-After` seconds. */
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
                 *       "error": "Discord is not reachable"
                 *     }
                 */
                "application/json": components["schemas"]["ErrorResponse"];
            };
        };
    };
    parameters: {
        /**
         * @description The same key with the same body is answered from memory and has no second effect; with another body it is
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
                     *       "service": "moddy-bot-internal",
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
            /** @description The bot's state, as true as the bot can know it. */
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
                     *       "service": "discord-bot",
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
    notifyUser: {
        parameters: {
            query?: never;
            header?: {
                /**
                 * @description The same key with the same body is answered from memory and has no second effect; with another body it is
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
                 *       "discord_id": "123456789012345678",
                 *       "action": "subscription_created",
                 *       "plan": "moddy_max",
                 *       "metadata": {
                 *         "customer_id": "cus_ABC123",
                 *         "email": "user@example.com",
                 *         "phone": "+33612345678",
                 *         "subscription_type": "month"
                 *       }
                 *     }
                 */
                "application/json": components["schemas"]["InternalNotifyUserRequest"];
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
                    "application/json": components["schemas"]["InternalNotifyUserResponse"];
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
    updateUserRole: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["InternalUpdateRoleRequest"];
            };
        };
        responses: {
            /** @description A final verdict. `roles_updated` true means that the roles are now as asked. */
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
                     *       "message": "Roles updated successfully",
                     *       "roles_updated": true,
                     *       "guild_id": "999888777666555444"
                     *     }
                     */
                    "application/json": components["schemas"]["InternalUpdateRoleResponse"];
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
    addMember: {
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
                 *       "discord_id": "123456789012345678",
                 *       "access_token": "mfa.VkO_2G4Qv3T"
                 *     }
                 */
                "application/json": components["schemas"]["InternalAddMemberRequest"];
            };
        };
        responses: {
            /** @description A final verdict. `member_added` true means that the user is a member now. */
            200: {
                headers: {
                    /** @description The caller's `X-Request-Id` if it sent a usable one, else a new one; the same as in the logs. */
                    "X-Request-Id": string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["InternalAddMemberResponse"];
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
    listRoleHolders: {
        parameters: {
            query?: {
                /** @description `next` of the page before; absent for the first page. */
                after?: components["schemas"]["DiscordId"];
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A final verdict. `success` false means that the members cannot be listed, `reason` why. */
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
                     *       "message": "One page of members",
                     *       "guild_id": "999888777666555444",
                     *       "holders": [
                     *         {
                     *           "discord_id": "123456789012345678",
                     *           "roles": [
                     *             "987654321098765432"
                     *           ],
                     *           "administrator": false
                     *         }
                     *       ],
                     *       "next": null
                     *     }
                     */
                    "application/json": components["schemas"]["InternalListRoleHoldersResponse"];
                };
            };
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            421: components["responses"]["MisdirectedRequest"];
            422: components["responses"]["UnprocessableContent"];
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
}
