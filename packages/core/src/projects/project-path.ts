import { realpathSync, statSync } from "node:fs";
import { isAbsolute, join, sep } from "node:path";
import { DomainError } from "@steward/contract/errors";

/** Where things are that no project may reach. Absolute paths. */
export interface ProtectedPlaces {
  /** The data directory and what was moved out of it: no project lies inside one of these or holds it. */
  stewardDirectories: readonly string[];
  /** The owner's home. */
  homeDirectory: string;
}

/**
 * The real path of a directory that may be listed as a project.
 *
 * @throws DomainError project_path_missing, project_path_private, project_path_home (which `force` lets through)
 */
export const resolveProjectPath = (path: string, force: boolean, places: ProtectedPlaces): string => {
  if (!isAbsolute(path)) {
    throw new DomainError("project_path_missing", `${path} is not an absolute path`);
  }
  const real = realDirectory(path);
  if (real === null) {
    throw new DomainError("project_path_missing", `${path} is not a directory that Steward can open`);
  }
  if (real === sep) throw new DomainError("project_path_private", "The root directory cannot be a project");
  for (const place of places.stewardDirectories) {
    const own = realDirectory(place) ?? place;
    if (holds(own, real) || holds(real, own)) {
      throw new DomainError("project_path_private", `${real} lies inside or above Steward's own ${own}`);
    }
  }
  const home = realDirectory(places.homeDirectory) ?? places.homeDirectory;
  const claudeFiles = realDirectory(join(home, ".claude"));
  if (claudeFiles !== null && holds(claudeFiles, real)) {
    throw new DomainError("project_path_private", `${real} holds Claude Code's own settings and login`);
  }
  if (holds(real, home) && !force) {
    throw new DomainError("project_path_home", `${real} is or holds your home directory`);
  }
  return real;
};

/** The path with its links resolved; null when it is not a directory, or cannot be looked at. */
export const realDirectory = (path: string): string | null => {
  try {
    const real = realpathSync(path);
    return statSync(real).isDirectory() ? real : null;
  } catch (error) {
    if (error instanceof Error && "code" in error) return null;
    throw error;
  }
};

/** Whether `inner` is `outer` or lies in it. Both real. */
const holds = (outer: string, inner: string): boolean =>
  inner === outer || inner.startsWith(outer.endsWith(sep) ? outer : outer + sep);
