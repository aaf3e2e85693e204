CREATE TABLE `memories` (
	`id` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`bot_id` text DEFAULT '' NOT NULL,
	`chat_id` text DEFAULT '' NOT NULL,
	`key` text NOT NULL,
	`content` text NOT NULL,
	`category` text DEFAULT 'general' NOT NULL,
	`state` text DEFAULT 'accepted' NOT NULL,
	`pinned` integer DEFAULT false NOT NULL,
	`expires_at` integer,
	`origin` text NOT NULL,
	`source_message_id` integer,
	`source_turn_id` text,
	`source_user_id` text,
	`source_user_name` text,
	`created_at` integer NOT NULL,
	`updated_at` integer NOT NULL
);
--> statement-breakpoint
CREATE UNIQUE INDEX `memories_key` ON `memories` (`bot_id`,`chat_id`,`key`) WHERE "memories"."state" = 'accepted';--> statement-breakpoint
CREATE INDEX `memories_updated` ON `memories` (`updated_at`);--> statement-breakpoint
CREATE TABLE `memory_changes` (
	`id` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`memory_id` integer NOT NULL,
	`action` text NOT NULL,
	`before` text,
	`after` text,
	`origin` text NOT NULL,
	`user_id` text,
	`user_name` text,
	`turn_id` text,
	`undone_by` integer,
	`at` integer NOT NULL
);
--> statement-breakpoint
CREATE INDEX `memory_changes_memory` ON `memory_changes` (`memory_id`);--> statement-breakpoint
CREATE INDEX `memory_changes_at` ON `memory_changes` (`at`);--> statement-breakpoint
CREATE TABLE `search_queue` (
	`kind` text NOT NULL,
	`ref` integer NOT NULL,
	`revision` integer DEFAULT 1 NOT NULL,
	PRIMARY KEY(`kind`, `ref`)
) WITHOUT ROWID;
--> statement-breakpoint
CREATE TABLE `turn_recalls` (
	`turn_id` text NOT NULL,
	`n` integer NOT NULL,
	`memory_id` integer,
	`key` text NOT NULL,
	`content` text NOT NULL,
	`score` real,
	`mode` text NOT NULL,
	`at` integer NOT NULL,
	PRIMARY KEY(`turn_id`, `n`)
);
--> statement-breakpoint
CREATE INDEX `turn_recalls_memory` ON `turn_recalls` (`memory_id`);--> statement-breakpoint
CREATE TRIGGER `chat_messages_search_insert` AFTER INSERT ON `chat_messages` BEGIN
	INSERT INTO `search_queue` (kind, ref) VALUES ('message', NEW.id) ON CONFLICT (kind, ref) DO UPDATE SET revision = revision + 1;
END;
--> statement-breakpoint
CREATE TRIGGER `chat_messages_search_update` AFTER UPDATE OF content, session_id, bot_id, role ON `chat_messages` BEGIN
	INSERT INTO `search_queue` (kind, ref) VALUES ('message', NEW.id) ON CONFLICT (kind, ref) DO UPDATE SET revision = revision + 1;
END;
--> statement-breakpoint
CREATE TRIGGER `chat_messages_search_delete` AFTER DELETE ON `chat_messages` BEGIN
	INSERT INTO `search_queue` (kind, ref) VALUES ('message', OLD.id) ON CONFLICT (kind, ref) DO UPDATE SET revision = revision + 1;
END;
--> statement-breakpoint
CREATE TRIGGER `memories_search_insert` AFTER INSERT ON `memories` BEGIN
	INSERT INTO `search_queue` (kind, ref) VALUES ('memory', NEW.id) ON CONFLICT (kind, ref) DO UPDATE SET revision = revision + 1;
END;
--> statement-breakpoint
CREATE TRIGGER `memories_search_update` AFTER UPDATE OF bot_id, chat_id, `key`, content ON `memories` BEGIN
	INSERT INTO `search_queue` (kind, ref) VALUES ('memory', NEW.id) ON CONFLICT (kind, ref) DO UPDATE SET revision = revision + 1;
END;
--> statement-breakpoint
CREATE TRIGGER `memories_search_delete` AFTER DELETE ON `memories` BEGIN
	INSERT INTO `search_queue` (kind, ref) VALUES ('memory', OLD.id) ON CONFLICT (kind, ref) DO UPDATE SET revision = revision + 1;
END;
--> statement-breakpoint
INSERT INTO `search_queue` (kind, ref) SELECT 'message', id FROM `chat_messages`;
