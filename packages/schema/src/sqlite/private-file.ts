import { closeSync, openSync } from "node:fs";

/**
 * Makes the file, if it is missing, readable by its owner alone. SQLite would create it by the umask, and gives its
 * journal files the mode of the database. An existing file keeps its mode: the doctor looks at it.
 */
export const createPrivateFile = (path: string): void => {
  closeSync(openSync(path, "a", 0o600));
};
