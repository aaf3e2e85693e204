CREATE TABLE `plan_reviews` (
	`turn_id` text PRIMARY KEY NOT NULL,
	`chat_ref` integer NOT NULL,
	`state` text NOT NULL,
	`execution_turn_id` text,
	`created_at` integer NOT NULL,
	`expires_at` integer NOT NULL,
	`decided_at` integer
);
--> statement-breakpoint
CREATE INDEX `plan_reviews_chat` ON `plan_reviews` (`chat_ref`,`state`);--> statement-breakpoint
CREATE TABLE `turn_messages` (
	`turn_id` text NOT NULL,
	`message_id` integer NOT NULL,
	`chat_ref` integer NOT NULL,
	`starts_at` integer NOT NULL,
	`length` integer NOT NULL,
	`late_edit` text,
	`history_id` integer,
	PRIMARY KEY(`turn_id`, `message_id`),
	FOREIGN KEY (`turn_id`) REFERENCES `turns`(`id`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE INDEX `turn_messages_message` ON `turn_messages` (`chat_ref`,`message_id`);--> statement-breakpoint
ALTER TABLE `bots` ADD `lease_holder` text;--> statement-breakpoint
ALTER TABLE `bots` ADD `lease_until` integer;--> statement-breakpoint
ALTER TABLE `chats` ADD `topic_name` text;--> statement-breakpoint
ALTER TABLE `chats` ADD `topic_named` integer DEFAULT false NOT NULL;--> statement-breakpoint
ALTER TABLE `turns` ADD `rank` integer DEFAULT 0 NOT NULL;