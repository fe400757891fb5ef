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
ALTER TABLE "customers" ADD COLUMN "adopting" boolean DEFAULT false NOT NULL;--> statement-breakpoint
ALTER TABLE "deliveries" ADD COLUMN "redriven_at" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "subscriptions" ADD COLUMN "seen_at" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "account_differences" ADD CONSTRAINT "account_differences_job_jobs_name_fk" FOREIGN KEY ("job") REFERENCES "public"."jobs"("name") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "reversals_due" ON "reversals" USING btree ("due_at") WHERE "reversals"."state" = 'pending';--> statement-breakpoint
CREATE INDEX "reversals_parked" ON "reversals" USING btree ("reversal_id") WHERE "reversals"."state" = 'parked';--> statement-breakpoint
CREATE INDEX "reversals_customer" ON "reversals" USING btree ("customer_id","reversal_id");--> statement-breakpoint
CREATE INDEX "reversals_settled" ON "reversals" USING btree ("settled_at") WHERE "reversals"."state" = 'done';--> statement-breakpoint
CREATE INDEX "subscriptions_live_seen" ON "subscriptions" USING btree ("seen_at") WHERE "subscriptions"."status" not in ('canceled', 'incomplete_expired');