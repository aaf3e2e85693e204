import { existsSync } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import { findDamage, listBackups, newestGoodBackup, putInPlace } from "@steward/schema/backups";
import { InstanceLockedError } from "@steward/schema/instance-lock";
import { CommandFailure, EXIT, type ExitCode } from "../exit-codes.ts";
import { type CommandContext, requireSettings } from "../service/service.ts";
import type { Settings } from "../settings/settings.ts";
import { formatMoment } from "../terminal/units.ts";
import { whileStopped } from "./while-stopped.ts";

/** `steward restore [FILE]`: checks the backup, then exchanges the files. Refuses while a service runs. */
export function runRestore(file: string | undefined, context: CommandContext): ExitCode {
  const { terminal, environment } = context;
  const settings = requireSettings(environment, terminal);
  try {
    whileStopped(settings, () => restore(file, settings, context), "throw");
    return EXIT.ok;
  } catch (error) {
    if (!(error instanceof InstanceLockedError)) throw error;
    const params = { pid: error.holder?.pid ?? "?" };
    throw new CommandFailure(EXIT.nothingDone, terminal.say("cli.restore.running", params), { cause: error });
  }
}

function restore(file: string | undefined, { data }: Settings, { terminal }: CommandContext): void {
  const { say } = terminal;
  const refuse = (sentence: string): never => {
    throw new CommandFailure(EXIT.nothingDone, sentence);
  };
  const path =
    (file === undefined ? newestGoodBackup(data.backups)?.path : find(file, data.backups)) ??
    refuse(
      file === undefined
        ? say("cli.restore.none", { path: data.backups })
        : say("cli.restore.missing", { file }),
    );
  const damage = findDamage(path);
  if (damage !== null) refuse(say("cli.restore.damaged", { path, reason: damage }));
  let aside: string | null;
  try {
    aside = putInPlace({ backup: path, database: data.db, now: Date.now() });
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new CommandFailure(EXIT.failed, say("cli.restore.failed", { reason }), { cause: error });
  }
  const takenAt = listBackups(dirname(path)).find((backup) => backup.path === path)?.takenAt;
  const moment = takenAt === undefined ? "?" : formatMoment(takenAt);
  terminal.print(say("cli.restore.done", { moment, name: basename(path) }));
  if (aside !== null) terminal.print(say("cli.restore.kept", { path: join(dirname(data.db), aside) }));
  terminal.print(say("cli.restore.start"));
}

/** A name in the backups folder, or a path of its own. */
function find(file: string, folder: string): string | null {
  const candidates = file.includes("/") ? [resolve(file)] : [join(folder, file), resolve(file)];
  return candidates.find((candidate) => existsSync(candidate)) ?? null;
}
