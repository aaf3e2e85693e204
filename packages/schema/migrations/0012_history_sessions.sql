CREATE TABLE `history_sessions` (
	`bot_id` text NOT NULL,
	`session_id` text NOT NULL,
	`message_count` integer NOT NULL,
	`started_at` integer NOT NULL,
	`last_message_at` integer NOT NULL,
	PRIMARY KEY(`bot_id`, `session_id`)
);
--> statement-breakpoint
CREATE INDEX `history_sessions_last` ON `history_sessions` (`last_message_at`);--> statement-breakpoint
CREATE TRIGGER `chat_messages_session_insert` AFTER INSERT ON `chat_messages` BEGIN
	INSERT INTO `history_sessions` (bot_id, session_id, message_count, started_at, last_message_at)
		VALUES (NEW.bot_id, NEW.session_id, 1, NEW.created_at, NEW.created_at)
		ON CONFLICT (bot_id, session_id) DO UPDATE SET message_count = message_count + 1,
		started_at = min(started_at, excluded.started_at), last_message_at = max(last_message_at, excluded.last_message_at);
END;
--> statement-breakpoint
CREATE TRIGGER `chat_messages_session_delete` AFTER DELETE ON `chat_messages` BEGIN
	UPDATE `history_sessions` SET message_count = message_count - 1,
		started_at = coalesce((SELECT min(created_at) FROM `chat_messages` WHERE session_id = OLD.session_id AND bot_id = OLD.bot_id), 0),
		last_message_at = coalesce((SELECT max(created_at) FROM `chat_messages` WHERE session_id = OLD.session_id AND bot_id = OLD.bot_id), 0)
		WHERE bot_id = OLD.bot_id AND session_id = OLD.session_id;
	DELETE FROM `history_sessions` WHERE bot_id = OLD.bot_id AND session_id = OLD.session_id AND message_count <= 0;
END;
--> statement-breakpoint
CREATE TRIGGER `chat_messages_session_update` AFTER UPDATE OF bot_id, session_id, created_at ON `chat_messages` BEGIN
	UPDATE `history_sessions` SET message_count = message_count - 1,
		started_at = coalesce((SELECT min(created_at) FROM `chat_messages` WHERE session_id = OLD.session_id AND bot_id = OLD.bot_id), 0),
		last_message_at = coalesce((SELECT max(created_at) FROM `chat_messages` WHERE session_id = OLD.session_id AND bot_id = OLD.bot_id), 0)
		WHERE bot_id = OLD.bot_id AND session_id = OLD.session_id;
	DELETE FROM `history_sessions` WHERE bot_id = OLD.bot_id AND session_id = OLD.session_id AND message_count <= 0;
	INSERT INTO `history_sessions` (bot_id, session_id, message_count, started_at, last_message_at)
		VALUES (NEW.bot_id, NEW.session_id, 1, NEW.created_at, NEW.created_at)
		ON CONFLICT (bot_id, session_id) DO UPDATE SET message_count = message_count + 1,
		started_at = min(started_at, excluded.started_at), last_message_at = max(last_message_at, excluded.last_message_at);
END;
--> statement-breakpoint
INSERT INTO `history_sessions` (bot_id, session_id, message_count, started_at, last_message_at)
	SELECT bot_id, session_id, count(*), min(created_at), max(created_at) FROM `chat_messages` GROUP BY bot_id, session_id;
