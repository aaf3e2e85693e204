ALTER TABLE `turns` ADD `gather_until` integer;--> statement-breakpoint
ALTER TABLE `turns` ADD `media_group_id` text;