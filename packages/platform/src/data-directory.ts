import {
  chmodSync,
  closeSync,
  fsyncSync,
  linkSync,
  lstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  statSync,
  unlinkSync,
  writeSync,
} from "node:fs";
import { join, resolve } from "node:path";
import { createIds, type Ids } from "./ids.ts";

export type DataDirectoryErrorCode =
  | "not_a_directory"
  | "not_owner"
  | "directory_exposed"
  | "token_exposed"
  | "token_invalid"
  | "not_writable";

export class DataDirectoryError extends Error {
  readonly code: DataDirectoryErrorCode;
  readonly path: string;
  constructor(code: DataDirectoryErrorCode, path: string, message: string, cause?: unknown) {
    super(message, { cause });
    this.name = "DataDirectoryError";
    this.code = code;
    this.path = path;
  }
}

/** Where things lie under `STEWARD_HOME`. */
export interface DataDirectoryPaths {
  readonly root: string;
  /** The database; only the API opens it. */
  readonly db: string;
  /** Opened exclusively for the life of the API: the instance lock. */
  readonly lockDb: string;
  readonly token: string;
  readonly workspaces: string;
  /** Git worktrees of the owner's projects. */
  readonly worktrees: string;
  readonly archive: string;
  readonly backups: string;
  /** People's own commands, one file each. */
  readonly commands: string;
  readonly reports: string;
  readonly logs: string;
}

/** The opened data directory. Every directory named here exists with mode 0700. */
export interface DataDirectory extends DataDirectoryPaths {
  /** The API token; `undefined` before the first start. Throws `token_exposed` when others can read the file. */
  readToken(): string | undefined;
  /** The API token, made at the first call: 32 random bytes, file mode 0600, safe against two starting at once. */
  readOrCreateToken(): string;
}

const TOKEN_BYTES = 32;
const PRIVATE_DIRECTORY = 0o700;
const PRIVATE_FILE = 0o600;
const OTHERS = 0o077;

/** The names alone, for a program that only looks (doctor, the command line): touches nothing on the disk. */
export function locateDataDirectory(root: string): DataDirectoryPaths {
  const base = resolve(root);
  return {
    root: base,
    db: join(base, "steward.db"),
    lockDb: join(base, "lock.db"),
    token: join(base, "token"),
    workspaces: join(base, "workspaces"),
    worktrees: join(base, "worktrees"),
    archive: join(base, "archive"),
    backups: join(base, "backups"),
    commands: join(base, "commands"),
    reports: join(base, "reports"),
    logs: join(base, "logs"),
  };
}

/**
 * Opens (and at the first start lays out) the data directory.
 *
 * A directory that others may enter is closed to 0700 if it is empty or already ours; if it holds foreign files it
 * is somebody's home or a system directory given by mistake, and is refused.
 *
 * @throws DataDirectoryError
 */
export function openDataDirectory(root: string, deps: { ids?: Ids } = {}): DataDirectory {
  const paths = locateDataDirectory(root);
  const ids = deps.ids ?? createIds();
  openPrivateRoot(paths.root);
  for (const folder of [
    paths.workspaces,
    paths.worktrees,
    paths.archive,
    paths.backups,
    paths.commands,
    paths.reports,
    paths.logs,
  ]) {
    openPrivateFolder(folder);
  }
  return {
    ...paths,
    readToken: () => readToken(paths.token),
    readOrCreateToken: () => readToken(paths.token) ?? createToken(paths.token, ids),
  };
}

function openPrivateFolder(path: string): void {
  guard(path, () => mkdirSync(path, { recursive: true, mode: PRIVATE_DIRECTORY }));
  if (!lstatSync(path).isDirectory()) {
    throw new DataDirectoryError("not_a_directory", path, `${path} is not a directory`);
  }
  guard(path, () => chmodSync(path, PRIVATE_DIRECTORY));
}

function openPrivateRoot(base: string): void {
  guard(base, () => mkdirSync(base, { recursive: true, mode: PRIVATE_DIRECTORY }));
  const stats = statSync(base);
  if (!stats.isDirectory())
    throw new DataDirectoryError("not_a_directory", base, `${base} is not a directory`);
  const uid = process.getuid?.();
  if (uid !== undefined && stats.uid !== uid) {
    throw new DataDirectoryError("not_owner", base, `${base} belongs to another user (uid ${stats.uid})`);
  }
  if ((stats.mode & OTHERS) === 0) return;
  const names = readdirSync(base);
  if (names.length > 0 && !names.includes("steward.db") && !names.includes("token")) {
    throw new DataDirectoryError(
      "directory_exposed",
      base,
      `${base} can be read by others and holds files that are not Steward's; choose another directory, or: chmod 700 ${base}`,
    );
  }
  guard(base, () => chmodSync(base, PRIVATE_DIRECTORY));
}

/**
 * The API token in this file; `undefined` when there is none.
 *
 * @throws DataDirectoryError `token_exposed` when others can read the file, `token_invalid` when it holds no token.
 */
export function readToken(path: string): string | undefined {
  let mode: number;
  try {
    mode = lstatSync(path).mode;
  } catch (error) {
    if (isErrno(error, "ENOENT")) return undefined;
    throw error;
  }
  if ((mode & OTHERS) !== 0) {
    throw new DataDirectoryError(
      "token_exposed",
      path,
      `${path} can be read by others; make a new token (delete the file) or, if nobody else uses this machine: chmod 600 ${path}`,
    );
  }
  const token = readFileSync(path, "utf8").trim();
  if (!/^[\w-]{32,}$/.test(token)) {
    throw new DataDirectoryError(
      "token_invalid",
      path,
      `${path} does not hold a token; delete it to get a new one`,
    );
  }
  return token;
}

/** Written aside and linked into place: a reader sees no file or a whole one, and of two writers one wins. */
function createToken(path: string, ids: Ids): string {
  const aside = `${path}.${ids.uuid4()}`;
  const token = ids.token(TOKEN_BYTES);
  guard(path, () => {
    const file = openSync(aside, "wx", PRIVATE_FILE);
    try {
      writeSync(file, `${token}\n`);
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
  });
  try {
    linkSync(aside, path);
    return token;
  } catch (error) {
    if (!isErrno(error, "EEXIST")) throw error;
    const theirs = readToken(path);
    if (theirs === undefined) throw error;
    return theirs;
  } finally {
    unlinkSync(aside);
  }
}

function guard(path: string, action: () => void): void {
  try {
    action();
  } catch (error) {
    if (isErrno(error, "EEXIST") || isErrno(error, "ENOTDIR")) {
      throw new DataDirectoryError("not_a_directory", path, `${path} is not a directory`, error);
    }
    throw new DataDirectoryError("not_writable", path, `Cannot write ${path}: ${String(error)}`, error);
  }
}

function isErrno(error: unknown, code: string): boolean {
  return error instanceof Error && "code" in error && error.code === code;
}
