import { existsSync } from "node:fs";
import { join } from "node:path";
import { takeBackup as takeBackupOverHttp } from "@steward/contract/backups";
import { type Backup, listBackups, takeBackup } from "@steward/schema/backups";
import { CommandFailure, EXIT, type ExitCode } from "../exit-codes.ts";
import { type CommandContext, requireSettings, withService } from "../service/service.ts";
import type { Settings } from "../settings/settings.ts";
import { printTable } from "../terminal/table.ts";
import { formatBytes, formatMoment } from "../terminal/units.ts";
import { whileStopped } from "./while-stopped.ts";

/** `steward backup`: by the service when it runs, else by ourselves. Shows where the copy lies. */
export async function runBackup(options: { list?: boolean }, context: CommandContext): Promise<ExitCode> {
  const { terminal, environment } = context;
  const settings = requireSettings(environment, terminal);
  if (options.list === true) return list(settings, context);
  const { path, bytes } =
    whileStopped(settings, () => takeOffline(settings, context)) ?? (await takeOnline(settings, context));
  terminal.print(terminal.say("cli.backup.taken", { path, size: formatBytes(bytes) }));
  return EXIT.ok;
}

function list({ data }: Settings, { terminal }: CommandContext): ExitCode {
  const backups = listBackups(data.backups);
  if (backups.length === 0) terminal.note(terminal.say("cli.backup.none", { path: data.backups }));
  else {
    printTable(
      terminal,
      [terminal.say("cli.backup.name"), terminal.say("cli.backup.when"), terminal.say("cli.backup.size")],
      backups.map(({ name, takenAt, bytes }) => [name, formatMoment(takenAt), formatBytes(bytes)]),
    );
  }
  return EXIT.ok;
}

function takeOffline({ data }: Settings, { terminal }: CommandContext): Pick<Backup, "path" | "bytes"> {
  if (!existsSync(data.db)) {
    throw new CommandFailure(EXIT.nothingDone, terminal.say("cli.backup.no_database", { path: data.db }));
  }
  try {
    return takeBackup({ database: data.db, folder: data.backups, now: Date.now() });
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new CommandFailure(EXIT.failed, terminal.say("cli.backup.failed", { reason }), { cause: error });
  }
}

async function takeOnline(
  { data }: Settings,
  context: CommandContext,
): Promise<Pick<Backup, "path" | "bytes">> {
  const { name, bytes } = await withService(context, ({ client }) => client.call(takeBackupOverHttp));
  return { path: join(data.backups, name), bytes };
}
