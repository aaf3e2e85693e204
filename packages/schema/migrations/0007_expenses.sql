CREATE TABLE `expenses` (
	`id` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`chat_ref` integer NOT NULL,
	`conversation_id` text,
	`turn_id` text,
	`kind` text NOT NULL,
	`model` text,
	`input_tokens` integer DEFAULT 0 NOT NULL,
	`output_tokens` integer DEFAULT 0 NOT NULL,
	`cache_read_tokens` integer DEFAULT 0 NOT NULL,
	`cache_creation_tokens` integer DEFAULT 0 NOT NULL,
	`cost_micro_usd` integer NOT NULL,
	`at` integer NOT NULL,
	FOREIGN KEY (`chat_ref`) REFERENCES `chats`(`id`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE INDEX `expenses_at` ON `expenses` (`at`);--> statement-breakpoint
CREATE INDEX `expenses_chat` ON `expenses` (`chat_ref`,`at`);