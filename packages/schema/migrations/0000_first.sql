CREATE TABLE `access_entries` (
	`bot_id` text NOT NULL,
	`user_id` text NOT NULL,
	`role` text NOT NULL,
	`username` text,
	`name` text,
	`created_at` integer NOT NULL,
	PRIMARY KEY(`bot_id`, `user_id`)
);
--> statement-breakpoint
CREATE TABLE `audit_entries` (
	`id` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`at` integer NOT NULL,
	`actor` text NOT NULL,
	`action` text NOT NULL,
	`target` text NOT NULL,
	`detail` text DEFAULT '' NOT NULL
);
--> statement-breakpoint
CREATE TABLE `bots` (
	`id` text PRIMARY KEY NOT NULL,
	`kind` text NOT NULL,
	`username` text,
	`state` text DEFAULT 'unknown' NOT NULL,
	`state_detail` text DEFAULT '' NOT NULL,
	`state_at` integer NOT NULL,
	`acked_through` integer,
	`acked_at` integer,
	`created_at` integer NOT NULL
);
--> statement-breakpoint
CREATE TABLE `chat_messages` (
	`id` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`session_id` text NOT NULL,
	`bot_id` text NOT NULL,
	`role` text NOT NULL,
	`content` text NOT NULL,
	`source` text NOT NULL,
	`telegram_chat_id` integer,
	`user_id` text,
	`username` text,
	`turn_id` text,
	`created_at` integer NOT NULL
);
--> statement-breakpoint
CREATE INDEX `chat_messages_session` ON `chat_messages` (`session_id`,`created_at`,`id`);--> statement-breakpoint
CREATE INDEX `chat_messages_bot` ON `chat_messages` (`bot_id`);--> statement-breakpoint
CREATE INDEX `chat_messages_turn` ON `chat_messages` (`turn_id`);--> statement-breakpoint
CREATE TABLE `chats` (
	`id` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`bot_id` text NOT NULL,
	`chat_id` text NOT NULL,
	`thread_id` text DEFAULT '' NOT NULL,
	`language` text DEFAULT 'en' NOT NULL,
	`conversation_id` text,
	`last_stop_at` integer,
	`created_at` integer NOT NULL
);
--> statement-breakpoint
CREATE UNIQUE INDEX `chats_address` ON `chats` (`bot_id`,`chat_id`,`thread_id`);--> statement-breakpoint
CREATE TABLE `conversations` (
	`id` text PRIMARY KEY NOT NULL,
	`chat_ref` integer NOT NULL,
	`cli_session_id` text NOT NULL,
	`cwd` text NOT NULL,
	`title` text,
	`has_transcript` integer DEFAULT false NOT NULL,
	`turn_count` integer DEFAULT 0 NOT NULL,
	`cost_micro_usd` integer DEFAULT 0 NOT NULL,
	`model` text,
	`created_at` integer NOT NULL,
	`last_active_at` integer NOT NULL,
	FOREIGN KEY (`chat_ref`) REFERENCES `chats`(`id`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE UNIQUE INDEX `conversations_cli_session_id_unique` ON `conversations` (`cli_session_id`);--> statement-breakpoint
CREATE INDEX `conversations_chat` ON `conversations` (`chat_ref`);--> statement-breakpoint
CREATE TABLE `deliveries` (
	`seq` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`id` text NOT NULL,
	`chat_ref` integer NOT NULL,
	`turn_id` text,
	`kind` text NOT NULL,
	`state` text NOT NULL,
	`text` text NOT NULL,
	`actions` text NOT NULL,
	`language` text NOT NULL,
	`reply_to_message_id` integer,
	`placeholder_ids` text NOT NULL,
	`attempt` integer DEFAULT 0 NOT NULL,
	`next_at` integer NOT NULL,
	`last_error` text,
	`created_at` integer NOT NULL,
	`settled_at` integer,
	FOREIGN KEY (`chat_ref`) REFERENCES `chats`(`id`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE UNIQUE INDEX `deliveries_id_unique` ON `deliveries` (`id`);--> statement-breakpoint
CREATE INDEX `deliveries_state` ON `deliveries` (`state`,`chat_ref`);--> statement-breakpoint
CREATE INDEX `deliveries_turn` ON `deliveries` (`turn_id`);--> statement-breakpoint
CREATE TABLE `gateway_requests` (
	`id` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`turn_id` text NOT NULL,
	`digest` text NOT NULL,
	`response` text NOT NULL,
	`created_at` integer NOT NULL
);
--> statement-breakpoint
CREATE INDEX `gateway_requests_digest` ON `gateway_requests` (`digest`,`created_at`);--> statement-breakpoint
CREATE INDEX `gateway_requests_turn` ON `gateway_requests` (`turn_id`);--> statement-breakpoint
CREATE TABLE `idempotency_keys` (
	`scope` text NOT NULL,
	`key` text NOT NULL,
	`digest` text NOT NULL,
	`turn_id` text NOT NULL,
	`created_at` integer NOT NULL,
	PRIMARY KEY(`scope`, `key`)
);
--> statement-breakpoint
CREATE INDEX `idempotency_keys_age` ON `idempotency_keys` (`created_at`);--> statement-breakpoint
CREATE TABLE `inbox` (
	`id` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`bot_id` text NOT NULL,
	`update_id` integer NOT NULL,
	`kind` text NOT NULL,
	`state` text NOT NULL,
	`detail` text DEFAULT '' NOT NULL,
	`turn_id` text,
	`payload` text,
	`received_at` integer NOT NULL,
	`settled_at` integer
);
--> statement-breakpoint
CREATE UNIQUE INDEX `inbox_update` ON `inbox` (`bot_id`,`update_id`);--> statement-breakpoint
CREATE INDEX `inbox_state` ON `inbox` (`bot_id`,`state`);--> statement-breakpoint
CREATE INDEX `inbox_age` ON `inbox` (`received_at`);--> statement-breakpoint
CREATE TABLE `pairing_requests` (
	`code` text PRIMARY KEY NOT NULL,
	`bot_id` text NOT NULL,
	`user_id` text NOT NULL,
	`chat_id` text NOT NULL,
	`username` text,
	`name` text,
	`created_at` integer NOT NULL,
	`expires_at` integer NOT NULL
);
--> statement-breakpoint
CREATE INDEX `pairing_requests_bot` ON `pairing_requests` (`bot_id`,`expires_at`);--> statement-breakpoint
CREATE TABLE `settings` (
	`name` text PRIMARY KEY NOT NULL,
	`value` text NOT NULL,
	`updated_at` integer NOT NULL
);
--> statement-breakpoint
CREATE TABLE `turn_events` (
	`turn_id` text NOT NULL,
	`n` integer NOT NULL,
	`at` integer NOT NULL,
	`body` text NOT NULL,
	PRIMARY KEY(`turn_id`, `n`)
);
--> statement-breakpoint
CREATE TABLE `turns` (
	`seq` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`id` text NOT NULL,
	`chat_ref` integer NOT NULL,
	`conversation_id` text,
	`source` text NOT NULL,
	`language` text NOT NULL,
	`state` text NOT NULL,
	`parked` integer DEFAULT false NOT NULL,
	`deliver` integer NOT NULL,
	`attempt` integer DEFAULT 0 NOT NULL,
	`boot_id` text,
	`fence` integer DEFAULT 0 NOT NULL,
	`prompt` text NOT NULL,
	`started_tools` integer DEFAULT false NOT NULL,
	`tool_count` integer DEFAULT 0 NOT NULL,
	`result_text` text DEFAULT '' NOT NULL,
	`error_code` text,
	`error_detail` text,
	`input_tokens` integer,
	`output_tokens` integer,
	`cache_read_tokens` integer,
	`cache_creation_tokens` integer,
	`cost_micro_usd` integer,
	`user_id` text,
	`user_name` text,
	`reply_to_message_id` integer,
	`placeholder_message_id` integer,
	`received_at` integer NOT NULL,
	`started_at` integer,
	`finished_at` integer,
	FOREIGN KEY (`chat_ref`) REFERENCES `chats`(`id`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`conversation_id`) REFERENCES `conversations`(`id`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE UNIQUE INDEX `turns_id_unique` ON `turns` (`id`);--> statement-breakpoint
CREATE INDEX `turns_chat` ON `turns` (`chat_ref`,`seq`);--> statement-breakpoint
CREATE INDEX `turns_state` ON `turns` (`state`);--> statement-breakpoint
CREATE INDEX `turns_conversation` ON `turns` (`conversation_id`);