ALTER TABLE `deliveries` ADD `approval_id` text;--> statement-breakpoint
ALTER TABLE `deliveries` ADD `revision` integer DEFAULT 0 NOT NULL;--> statement-breakpoint
CREATE INDEX `deliveries_approval` ON `deliveries` (`approval_id`);