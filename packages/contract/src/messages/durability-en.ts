/** Backups and what the database may suffer, in English. */
export const durabilityEn = {
  "cli.describe.backup": "copy the database into the backups folder now, or list the copies",
  "cli.describe.restore": "put a backup in the place of the database (Steward must be stopped)",
  "cli.option.backup_list": "list the backups instead of taking one",
  "cli.argument.backup_file": "a backup's name or path; without it the newest good one",
  "cli.backup.taken": "Backup taken: {path} ({size})",
  "cli.backup.none": "There are no backups in {path}",
  "cli.backup.name": "NAME",
  "cli.backup.when": "TAKEN",
  "cli.backup.size": "SIZE",
  "cli.backup.no_database": "There is no database at {path} yet; the first start makes it.",
  "cli.backup.failed": "The backup could not be taken: {reason}",
  "cli.restore.running":
    "Steward is running (process {pid}). Stop it first, then restore, then start it again.",
  "cli.restore.none": "No good backup was found in {path}. Name another file: steward restore FILE",
  "cli.restore.missing": "There is no backup “{file}”. See: steward backup --list",
  "cli.restore.damaged":
    "{path} is damaged and was not restored ({reason}). Choose another: steward backup --list",
  "cli.restore.done": "Restored the backup of {moment}: {name}",
  "cli.restore.kept": "What was there is kept: {path}",
  "cli.restore.start": "Start Steward again: npm start",
  "cli.restore.failed":
    "The backup could not be restored: {reason}. What was there is unchanged or lies beside it.",
  "start.database_damaged":
    "Steward cannot start: the database is damaged ({reason}). Nothing was changed. Put the backup of {moment} in its place, then start again:\n  npm run -s steward -- restore {name}",
  "start.database_damaged_no_backup":
    "Steward cannot start: the database is damaged ({reason}). Nothing was changed, and no good backup was found in {folder}. If you have a copy elsewhere:\n  npm run -s steward -- restore /path/to/copy.db",
} as const;
