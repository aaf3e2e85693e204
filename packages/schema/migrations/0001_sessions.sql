CREATE TABLE `approvals` (
	`id` text PRIMARY KEY NOT NULL,
	`turn_id` text NOT NULL,
	`chat_ref` integer NOT NULL,
	`user_id` text,
	`kind` text NOT NULL,
	`state` text NOT NULL,
	`tool_use_id` text NOT NULL,
	`tool_name` text NOT NULL,
	`input` text NOT NULL,
	`input_hash` text NOT NULL,
	`description` text,
	`reason` text,
	`suggestion` text,
	`answer` text,
	`decided_by` text,
	`created_at` integer NOT NULL,
	`expires_at` integer NOT NULL,
	`decided_at` integer,
	FOREIGN KEY (`chat_ref`) REFERENCES `chats`(`id`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE INDEX `approvals_state` ON `approvals` (`state`,`chat_ref`);--> statement-breakpoint
CREATE INDEX `approvals_turn` ON `approvals` (`turn_id`);--> statement-breakpoint
CREATE TABLE `archives` (
	`id` text PRIMARY KEY NOT NULL,
	`chat_ref` integer NOT NULL,
	`path` text NOT NULL,
	`bytes` integer NOT NULL,
	`file_count` integer NOT NULL,
	`sha256` text NOT NULL,
	`created_at` integer NOT NULL,
	`restored_at` integer,
	FOREIGN KEY (`chat_ref`) REFERENCES `chats`(`id`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE INDEX `archives_chat` ON `archives` (`chat_ref`);--> statement-breakpoint
CREATE TABLE `files` (
	`id` text PRIMARY KEY NOT NULL,
	`chat_ref` integer NOT NULL,
	`direction` text NOT NULL,
	`path` text NOT NULL,
	`original_name` text NOT NULL,
	`media_type` text NOT NULL,
	`bytes` integer NOT NULL,
	`sha256` text NOT NULL,
	`turn_id` text,
	`created_at` integer NOT NULL,
	`deleted_at` integer,
	FOREIGN KEY (`chat_ref`) REFERENCES `chats`(`id`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE INDEX `files_chat` ON `files` (`chat_ref`,`created_at`);--> statement-breakpoint
CREATE TABLE `holds` (
	`id` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`kind` text NOT NULL,
	`scope` text NOT NULL,
	`detail` text DEFAULT '' NOT NULL,
	`until` integer,
	`created_at` integer NOT NULL,
	`created_by` text NOT NULL,
	`released_at` integer,
	`released_by` text
);
--> statement-breakpoint
CREATE INDEX `holds_open` ON `holds` (`released_at`,`kind`);--> statement-breakpoint
CREATE TABLE `policies` (
	`scope` text NOT NULL,
	`name` text NOT NULL,
	`value` text NOT NULL,
	`updated_at` integer NOT NULL,
	`updated_by` text NOT NULL,
	PRIMARY KEY(`scope`, `name`)
);
--> statement-breakpoint
CREATE TABLE `projects` (
	`id` text PRIMARY KEY NOT NULL,
	`name` text NOT NULL,
	`path` text NOT NULL,
	`is_git` integer NOT NULL,
	`created_at` integer NOT NULL
);
--> statement-breakpoint
CREATE UNIQUE INDEX `projects_name_unique` ON `projects` (`name`);--> statement-breakpoint
CREATE UNIQUE INDEX `projects_path_unique` ON `projects` (`path`);--> statement-breakpoint
ALTER TABLE `chats` ADD `project_id` text;--> statement-breakpoint
ALTER TABLE `chats` ADD `uses_worktree` integer DEFAULT false NOT NULL;--> statement-breakpoint
ALTER TABLE `chats` ADD `archived_at` integer;--> statement-breakpoint
ALTER TABLE `conversations` ADD `project_id` text;--> statement-breakpoint
ALTER TABLE `conversations` ADD `worktree` text;--> statement-breakpoint
ALTER TABLE `conversations` ADD `quarantined_at` integer;--> statement-breakpoint
ALTER TABLE `conversations` ADD `quarantine_reason` text;--> statement-breakpoint
ALTER TABLE `deliveries` ADD `file_id` text;--> statement-breakpoint
ALTER TABLE `turns` ADD `model` text;--> statement-breakpoint
ALTER TABLE `turns` ADD `triage` text;--> statement-breakpoint
CREATE INDEX `turns_finished` ON `turns` (`finished_at`);