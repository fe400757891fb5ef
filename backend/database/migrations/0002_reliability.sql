ALTER TABLE "customers" ADD COLUMN "wanted_at" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "jobs" ADD COLUMN "late_at" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "subscriptions" ADD COLUMN "past_due_since" timestamp with time zone;--> statement-breakpoint
CREATE INDEX "customers_waiting_since" ON "customers" USING btree ("wanted_at") WHERE "customers"."wanted" > "customers"."done" and not "customers"."adopting";--> statement-breakpoint
CREATE INDEX "customers_failing" ON "customers" USING btree ("customer_id") WHERE "customers"."wanted" > "customers"."done" and "customers"."failures" >= 5;--> statement-breakpoint
CREATE INDEX "reversals_charge" ON "reversals" USING btree ("charge_id");