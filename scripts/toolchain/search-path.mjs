import { accessSync, constants, realpathSync, statSync } from "node:fs";
import { delimiter, dirname, join } from "node:path";

/**
 * @param {string} program
 * @param {string | undefined} path the value of PATH
 * @returns {string | undefined} the first executable file of that name
 */
export function findOnPath(program, path) {
  return (path ?? "")
    .split(delimiter)
    .filter((folder) => folder !== "")
    .map((folder) => join(folder, program))
    .find(isExecutableFile);
}

/** @param {string} file */
function isExecutableFile(file) {
  try {
    accessSync(file, constants.X_OK);
    return statSync(file).isFile();
  } catch {
    // Not there, or not ours to run: the next folder of PATH may have it.
    return false;
  }
}

/**
 * PATH with the folders of these programs in front, unless PATH already leads to them: a needless `/usr/bin` in
 * front would reorder everything else.
 *
 * @param {string[]} programs absolute paths, the most important first
 * @param {string | undefined} path
 * @returns {string}
 */
export function leadWith(programs, path) {
  let result = path ?? "";
  for (const program of [...programs].reverse()) {
    const found = findOnPath(program.slice(dirname(program).length + 1), result);
    if (found && realpathSync(found) === realpathSync(program)) continue;
    result = [dirname(program), result].filter(Boolean).join(delimiter);
  }
  return result;
}
