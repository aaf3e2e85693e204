import { lstatSync, type Stats, statSync } from "node:fs";
import { DataDirectoryError, type DataDirectoryPaths, readToken } from "@steward/platform/data-directory";
import { formatBytes } from "../../terminal/units.ts";
import { type Finding, msg, ok, problem, shellWord, warning } from "../finding.ts";

const OTHERS = 0o077;

/**
 * The data directory, the token and the database as they lie on the disk. Looks only: makes, mends and opens nothing
 * (the database's inside is the API's affair).
 *
 * @param uid of the person asking; undefined where the system has none.
 */
export function checkDataDirectory(data: DataDirectoryPaths, uid: number | undefined): Finding[] {
  const root = lookAt(data.root, statSync);
  if (root === undefined) {
    return [
      warning("data", msg("cli.doctor.data_missing", { path: data.root }), msg("cli.doctor.start_fix")),
    ];
  }
  if (root instanceof Error) return [unreadable("data", data.root, root)];
  if (!root.isDirectory()) {
    return [
      problem("data", msg("cli.doctor.data_not_directory", { path: data.root }), msg("cli.doctor.home_fix")),
    ];
  }
  return [checkFolders(data, root, uid), checkToken(data.token), checkDatabase(data)];
}

function checkFolders(data: DataDirectoryPaths, root: Stats, uid: number | undefined): Finding {
  if (uid !== undefined && root.uid !== uid) {
    return problem(
      "data",
      msg("cli.doctor.data_other_owner", { path: data.root, uid: root.uid }),
      msg("cli.doctor.run", { command: `sudo chown -R "$(id -u)" ${shellWord(data.root)}` }),
    );
  }
  const open = exposed([
    data.root,
    data.workspaces,
    data.worktrees,
    data.archive,
    data.backups,
    data.reports,
    data.logs,
  ]);
  if (open.length > 0) {
    return problem(
      "data",
      msg("cli.doctor.data_exposed", { paths: list(open) }),
      msg("cli.doctor.run", { command: chmod("700", open) }),
    );
  }
  return ok("data", msg("cli.doctor.data", { path: data.root, mode: octal(root.mode) }));
}

function checkToken(path: string): Finding {
  try {
    return readToken(path) === undefined
      ? warning("token", msg("cli.doctor.token_missing", { path }), msg("cli.doctor.start_fix"))
      : ok("token", msg("cli.doctor.token", { path }));
  } catch (error) {
    if (!(error instanceof DataDirectoryError)) return unreadable("token", path, error);
    return error.code === "token_exposed"
      ? problem(
          "token",
          msg("cli.doctor.token_exposed", { path, mode: octal(lstatSync(path).mode) }),
          msg("cli.doctor.token_exposed_fix", {
            command: chmod("600", [{ path }]),
            remove: `rm ${shellWord(path)}`,
          }),
        )
      : problem(
          "token",
          msg("cli.doctor.token_invalid", { path }),
          msg("cli.doctor.token_invalid_fix", { remove: `rm ${shellWord(path)}` }),
        );
  }
}

function checkDatabase(data: DataDirectoryPaths): Finding {
  const file = lookAt(data.db, statSync);
  if (file === undefined) {
    return warning("database", msg("cli.doctor.database_missing"), msg("cli.doctor.start_fix"));
  }
  if (file instanceof Error) return unreadable("database", data.db, file);
  const open = exposed([data.db, `${data.db}-wal`, `${data.db}-shm`, data.lockDb]);
  if (open.length > 0) {
    return problem(
      "database",
      msg("cli.doctor.database_exposed", { paths: list(open) }),
      msg("cli.doctor.run", { command: chmod("600", open) }),
    );
  }
  // While the service runs, most of a young database still stands in the journal beside it.
  const journal = statSync(`${data.db}-wal`, { throwIfNoEntry: false })?.size ?? 0;
  const size = formatBytes(file.size + journal);
  return ok("database", msg("cli.doctor.database", { size, mode: octal(file.mode) }));
}

/** The checkout's `.env` holds tokens and keys. Nothing to say when there is none. */
export function checkDotEnv(path: string): Finding[] {
  const open = exposed([path]);
  if (open.length === 0) return [];
  return [
    problem(
      "settings",
      msg("cli.doctor.dot_env_exposed", { paths: list(open) }),
      msg("cli.doctor.run", { command: chmod("600", open) }),
    ),
  ];
}

interface Exposed {
  readonly path: string;
  readonly mode?: number;
}

const exposed = (paths: readonly string[]): Exposed[] =>
  paths.flatMap((path) => {
    const stats = lookAt(path, lstatSync);
    return stats === undefined || stats instanceof Error || (stats.mode & OTHERS) === 0
      ? []
      : [{ path, mode: stats.mode }];
  });

const list = (paths: readonly Exposed[]): string =>
  paths.map(({ path, mode }) => (mode === undefined ? path : `${path} (${octal(mode)})`)).join(", ");
const chmod = (mode: string, paths: readonly Exposed[]): string =>
  ["chmod", mode, ...paths.map(({ path }) => shellWord(path))].join(" ");
const octal = (mode: number): string => (mode & 0o777).toString(8).padStart(4, "0");

/** Undefined when there is nothing; the error when it may not be looked at. */
function lookAt(path: string, stat: (path: string) => Stats): Stats | Error | undefined {
  try {
    return stat(path);
  } catch (error) {
    const failure = error instanceof Error ? error : new Error(String(error));
    return "code" in failure && failure.code === "ENOENT" ? undefined : failure;
  }
}

const unreadable = (check: string, path: string, error: unknown): Finding =>
  problem(
    check,
    msg("cli.doctor.unreadable", { path, reason: reasonOf(error) }),
    msg("cli.doctor.owner_fix"),
  );

const reasonOf = (error: unknown): string =>
  error instanceof Error && "code" in error ? String(error.code) : String(error);
