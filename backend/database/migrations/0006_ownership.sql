ALTER TYPE "public"."reversal_kind" ADD VALUE 'refund_failed';--> statement-breakpoint
CREATE TABLE "listed_prices" (
	"price_id" text PRIMARY KEY NOT NULL,
	"product_id" text NOT NULL
);
--> statement-breakpoint
ALTER TABLE "customers" ADD COLUMN "acknowledged_reason" text;--> statement-breakpoint
ALTER TABLE "subscriptions" ADD COLUMN "paid_plan" text;--> statement-breakpoint
ALTER TABLE "subscriptions" ADD COLUMN "paid_until" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "subscriptions" ADD COLUMN "action_required" boolean DEFAULT false NOT NULL;