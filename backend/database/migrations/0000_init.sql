CREATE TYPE "public"."delivery_kind" AS ENUM('notify', 'roles');--> statement-breakpoint
CREATE TYPE "public"."delivery_state" AS ENUM('pending', 'done', 'parked');--> statement-breakpoint
CREATE TYPE "public"."reversal_kind" AS ENUM('refund', 'partial_refund', 'dispute', 'dispute_won', 'dispute_lost');--> statement-breakpoint
CREATE TYPE "public"."reversal_state" AS ENUM('pending', 'done', 'parked');--> statement-breakpoint
CREATE TABLE "account_differences" (
	"job" text NOT NULL,
	"customer_id" text NOT NULL,
	"subscription_id" text NOT NULL,
	"kind" text NOT NULL,
	"detail" text NOT NULL,
	"listed" jsonb,
	CONSTRAINT "account_differences_job_customer_id_subscription_id_pk" PRIMARY KEY("job","customer_id","subscription_id")
);
--> statement-breakpoint
CREATE TABLE "customers" (
	"customer_id" text PRIMARY KEY NOT NULL,
	"user_id" bigint,
	"discord_id_hint" text,
	"livemode" boolean NOT NULL,
	"wanted" integer DEFAULT 0 NOT NULL,
	"done" integer DEFAULT 0 NOT NULL,
	"lease_until" timestamp with time zone,
	"fence" integer DEFAULT 0 NOT NULL,
	"failures" integer DEFAULT 0 NOT NULL,
	"retry_at" timestamp with time zone,
	"next_check_at" timestamp with time zone,
	"adopting" boolean DEFAULT false NOT NULL,
	"parked_reason" text,
	"parked_detail" text,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "deliveries" (
	"delivery_id" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "deliveries_delivery_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"user_id" bigint NOT NULL,
	"kind" "delivery_kind" NOT NULL,
	"state" "delivery_state" DEFAULT 'pending' NOT NULL,
	"priority" integer DEFAULT 0 NOT NULL,
	"message" jsonb,
	"idempotency_key" text DEFAULT gen_random_uuid() NOT NULL,
	"attempts" integer DEFAULT 0 NOT NULL,
	"failures" integer DEFAULT 0 NOT NULL,
	"wanted" integer DEFAULT 1 NOT NULL,
	"lease_until" timestamp with time zone,
	"due_at" timestamp with time zone DEFAULT now() NOT NULL,
	"outcome" text,
	"detail" text,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"redriven_at" timestamp with time zone,
	"settled_at" timestamp with time zone
);
--> statement-breakpoint
CREATE TABLE "discord_events" (
	"discord_event_id" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "discord_events_discord_event_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"type" text NOT NULL,
	"discord_id" text NOT NULL,
	"metadata" jsonb,
	"idempotency_key" text,
	"request_hash" text NOT NULL,
	"received_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "discord_events_idempotencyKey_unique" UNIQUE("idempotency_key")
);
--> statement-breakpoint
CREATE TABLE "jobs" (
	"name" text PRIMARY KEY NOT NULL,
	"due_at" timestamp with time zone NOT NULL,
	"lease_until" timestamp with time zone,
	"fence" integer DEFAULT 0 NOT NULL,
	"state" jsonb,
	"started_at" timestamp with time zone,
	"finished_at" timestamp with time zone,
	"outcome" text,
	"alert" boolean DEFAULT false NOT NULL
);
--> statement-breakpoint
CREATE TABLE "reversals" (
	"reversal_id" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "reversals_reversal_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"event_id" text NOT NULL,
	"kind" "reversal_kind" NOT NULL,
	"state" "reversal_state" DEFAULT 'pending' NOT NULL,
	"livemode" boolean NOT NULL,
	"charge_id" text NOT NULL,
	"payment_intent_id" text,
	"amount" bigint NOT NULL,
	"currency" text NOT NULL,
	"customer_id" text,
	"subscription_id" text,
	"lease_until" timestamp with time zone,
	"fence" integer DEFAULT 0 NOT NULL,
	"failures" integer DEFAULT 0 NOT NULL,
	"due_at" timestamp with time zone DEFAULT now() NOT NULL,
	"outcome" text,
	"detail" text,
	"created_at" timestamp with time zone NOT NULL,
	"settled_at" timestamp with time zone,
	CONSTRAINT "reversals_eventId_unique" UNIQUE("event_id")
);
--> statement-breakpoint
CREATE TABLE "sessions" (
	"token_hash" text PRIMARY KEY NOT NULL,
	"user_id" bigint NOT NULL,
	"name" text NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"expires_at" timestamp with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "stripe_events" (
	"event_id" text PRIMARY KEY NOT NULL,
	"type" text NOT NULL,
	"customer_id" text,
	"created_at" timestamp with time zone NOT NULL,
	"received_at" timestamp with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "subscriptions" (
	"subscription_id" text PRIMARY KEY NOT NULL,
	"customer_id" text NOT NULL,
	"status" text NOT NULL,
	"price_id" text,
	"plan" text,
	"interval" text,
	"current_period_start" timestamp with time zone,
	"current_period_end" timestamp with time zone,
	"cancel_at_period_end" boolean NOT NULL,
	"created_at" timestamp with time zone NOT NULL,
	"updated_at" timestamp with time zone DEFAULT now() NOT NULL,
	"seen_at" timestamp with time zone
);
--> statement-breakpoint
CREATE TABLE "users" (
	"user_id" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "users_user_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"discord_id" text NOT NULL,
	"email" text,
	"locale" text,
	"plan" text DEFAULT 'free' NOT NULL,
	"subscription_id" text,
	"interval" text,
	"cancels_at_period_end" boolean DEFAULT false NOT NULL,
	"payment_late" boolean DEFAULT false NOT NULL,
	"revision" integer DEFAULT 0 NOT NULL,
	"confirmed_revision" integer DEFAULT 0 NOT NULL,
	"erasure_requested_at" timestamp with time zone,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"updated_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "users_discordId_unique" UNIQUE("discord_id")
);
--> statement-breakpoint
ALTER TABLE "account_differences" ADD CONSTRAINT "account_differences_job_jobs_name_fk" FOREIGN KEY ("job") REFERENCES "public"."jobs"("name") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "customers" ADD CONSTRAINT "customers_user_id_users_user_id_fk" FOREIGN KEY ("user_id") REFERENCES "public"."users"("user_id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "deliveries" ADD CONSTRAINT "deliveries_user_id_users_user_id_fk" FOREIGN KEY ("user_id") REFERENCES "public"."users"("user_id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "sessions" ADD CONSTRAINT "sessions_user_id_users_user_id_fk" FOREIGN KEY ("user_id") REFERENCES "public"."users"("user_id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "subscriptions" ADD CONSTRAINT "subscriptions_customer_id_customers_customer_id_fk" FOREIGN KEY ("customer_id") REFERENCES "public"."customers"("customer_id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "customers_user" ON "customers" USING btree ("user_id");--> statement-breakpoint
CREATE INDEX "customers_waiting" ON "customers" USING btree ("adopting","retry_at" NULLS FIRST,"customer_id") WHERE "customers"."wanted" > "customers"."done";--> statement-breakpoint
CREATE INDEX "customers_next_check" ON "customers" USING btree ("next_check_at") WHERE "customers"."next_check_at" is not null;--> statement-breakpoint
CREATE INDEX "customers_parked" ON "customers" USING btree ("customer_id") WHERE "customers"."parked_reason" is not null;--> statement-breakpoint
CREATE INDEX "deliveries_due" ON "deliveries" USING btree ("priority","due_at") WHERE "deliveries"."state" = 'pending';--> statement-breakpoint
CREATE INDEX "deliveries_lane" ON "deliveries" USING btree ("user_id","kind","delivery_id") WHERE "deliveries"."state" = 'pending';--> statement-breakpoint
CREATE INDEX "deliveries_user" ON "deliveries" USING btree ("user_id","delivery_id");--> statement-breakpoint
CREATE INDEX "deliveries_parked" ON "deliveries" USING btree ("delivery_id") WHERE "deliveries"."state" = 'parked';--> statement-breakpoint
CREATE INDEX "deliveries_settled" ON "deliveries" USING btree ("settled_at") WHERE "deliveries"."state" = 'done';--> statement-breakpoint
CREATE UNIQUE INDEX "deliveries_one_role" ON "deliveries" USING btree ("user_id") WHERE "deliveries"."kind" = 'roles' and "deliveries"."state" = 'pending';--> statement-breakpoint
CREATE INDEX "discord_events_member" ON "discord_events" USING btree ("discord_id","discord_event_id");--> statement-breakpoint
CREATE INDEX "discord_events_received" ON "discord_events" USING btree ("received_at");--> statement-breakpoint
CREATE INDEX "reversals_due" ON "reversals" USING btree ("due_at") WHERE "reversals"."state" = 'pending';--> statement-breakpoint
CREATE INDEX "reversals_parked" ON "reversals" USING btree ("reversal_id") WHERE "reversals"."state" = 'parked';--> statement-breakpoint
CREATE INDEX "reversals_customer" ON "reversals" USING btree ("customer_id","reversal_id");--> statement-breakpoint
CREATE INDEX "reversals_settled" ON "reversals" USING btree ("settled_at") WHERE "reversals"."state" = 'done';--> statement-breakpoint
CREATE INDEX "sessions_user" ON "sessions" USING btree ("user_id");--> statement-breakpoint
CREATE INDEX "sessions_expires" ON "sessions" USING btree ("expires_at");--> statement-breakpoint
CREATE INDEX "stripe_events_customer" ON "stripe_events" USING btree ("customer_id","received_at");--> statement-breakpoint
CREATE INDEX "stripe_events_received" ON "stripe_events" USING btree ("received_at");--> statement-breakpoint
CREATE INDEX "subscriptions_customer" ON "subscriptions" USING btree ("customer_id");--> statement-breakpoint
CREATE INDEX "subscriptions_live_seen" ON "subscriptions" USING btree ("seen_at") WHERE "subscriptions"."status" not in ('canceled', 'incomplete_expired');--> statement-breakpoint
CREATE INDEX "users_unconfirmed" ON "users" USING btree ("user_id") WHERE "users"."confirmed_revision" < "users"."revision";--> statement-breakpoint
CREATE INDEX "users_erasure" ON "users" USING btree ("user_id") WHERE "users"."erasure_requested_at" is not null;