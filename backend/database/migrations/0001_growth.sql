-- Old replicas go on while this runs. Each index holds back writes to its table (not reads) while it is built: of waiting
-- deliveries and hinted customers few rows are in it, of 100,000 users it takes some tenths of a second. Nothing is dropped:
-- "deliveries_due" serves the old replicas, and goes one release later.
CREATE INDEX IF NOT EXISTS "customers_hint" ON "customers" USING btree ("discord_id_hint") WHERE "customers"."discord_id_hint" is not null;--> statement-breakpoint
CREATE INDEX IF NOT EXISTS "deliveries_ready" ON "deliveries" USING btree ("kind","priority","due_at") WHERE "deliveries"."settled_at" is null;--> statement-breakpoint
CREATE INDEX IF NOT EXISTS "reversals_subscription" ON "reversals" USING btree ("subscription_id","reversal_id");--> statement-breakpoint
CREATE INDEX IF NOT EXISTS "users_email" ON "users" USING btree (lower("email"));