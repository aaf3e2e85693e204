import { existsSync, realpathSync, statSync } from "node:fs";
import { basename, delimiter, dirname, isAbsolute, join, sep } from "node:path";

export interface ProgramPathOptions {
  /** The CLI. */
  binary: string;
  path: string | undefined;
  /** The interpreter that the CLI and its tools may need. */
  node: string;
  /** Shown only in parts, or not at all: nothing here may open them as a whole. */
  closed: readonly string[];
}

/** Where the CLI, Node and the programs on PATH lie, as far as that is not the system anyway. */
export function findProgramPaths({ binary, path, node, closed }: ProgramPathOptions): string[] {
  const onPath = (path ?? "").split(delimiter).filter((folder) => isAbsolute(folder) && isDirectory(folder));
  const wanted = [packageOf(binary), binary, installationOf(node), ...onPath];
  return [...new Set(wanted)].filter((each) => !closed.some((place) => contains(each, place)));
}

/** The real path's package, for a CLI that is a script; else the program alone. */
function packageOf(binary: string): string {
  if (!existsSync(binary)) return binary;
  const real = realpathSync(binary);
  const folders = [dirname(real), dirname(dirname(real))];
  return folders.find((folder) => existsSync(join(folder, "package.json"))) ?? real;
}

/** `…/bin/node` brings npm and its packages in `…/lib`. */
function installationOf(node: string): string {
  const real = realpathSync(node);
  const folder = dirname(real);
  return basename(folder) === "bin" ? dirname(folder) : real;
}

export function contains(folder: string, path: string): boolean {
  return path === folder || path.startsWith(folder.endsWith(sep) ? folder : folder + sep);
}

function isDirectory(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
}
