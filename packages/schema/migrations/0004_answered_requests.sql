CREATE TABLE `answered_requests` (
	`scope` text NOT NULL,
	`key` text NOT NULL,
	`digest` text NOT NULL,
	`status` integer NOT NULL,
	`answer` text NOT NULL,
	`created_at` integer NOT NULL,
	PRIMARY KEY(`scope`, `key`)
);
--> statement-breakpoint
CREATE INDEX `answered_requests_age` ON `answered_requests` (`created_at`);--> statement-breakpoint
ALTER TABLE `archives` ADD `failed_at` integer;--> statement-breakpoint
ALTER TABLE `archives` ADD `given_up_at` integer;