ALTER TABLE "customers" ADD COLUMN "rejections" integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "reversals" ADD COLUMN "rejections" integer DEFAULT 0 NOT NULL;