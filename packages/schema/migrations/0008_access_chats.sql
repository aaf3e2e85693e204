CREATE TABLE `access_chats` (
	`bot_id` text NOT NULL,
	`chat_id` text NOT NULL,
	`title` text,
	`admits` text DEFAULT 'paired' NOT NULL,
	`listens_to` text DEFAULT 'addressed' NOT NULL,
	`allowed_by` text NOT NULL,
	`created_at` integer NOT NULL,
	`left_at` integer,
	PRIMARY KEY(`bot_id`, `chat_id`)
);
--> statement-breakpoint
CREATE TABLE `chat_moves` (
	`bot_id` text NOT NULL,
	`from_chat_id` text NOT NULL,
	`to_chat_id` text NOT NULL,
	`moved_at` integer NOT NULL,
	PRIMARY KEY(`bot_id`, `from_chat_id`)
);
--> statement-breakpoint
CREATE TABLE `invitations` (
	`id` text PRIMARY KEY NOT NULL,
	`bot_id` text NOT NULL,
	`role` text NOT NULL,
	`code_hash` text NOT NULL,
	`created_by` text NOT NULL,
	`created_at` integer NOT NULL,
	`expires_at` integer NOT NULL,
	`used_at` integer,
	`used_by` text
);
--> statement-breakpoint
CREATE UNIQUE INDEX `invitations_code_hash_unique` ON `invitations` (`code_hash`);--> statement-breakpoint
CREATE INDEX `invitations_bot` ON `invitations` (`bot_id`,`expires_at`);--> statement-breakpoint
ALTER TABLE `bots` ADD `reads_all_messages` integer;--> statement-breakpoint
ALTER TABLE `chats` ADD `workspace_chat_id` text;--> statement-breakpoint
ALTER TABLE `deliveries` ADD `subject` text;--> statement-breakpoint
CREATE INDEX `deliveries_subject` ON `deliveries` (`subject`);--> statement-breakpoint
ALTER TABLE `pairing_requests` ADD `refused_at` integer;