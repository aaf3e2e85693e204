import { createConversationStarter } from "../chats/conversation-starter.ts";
import type { CoreDeps } from "../core-deps.ts";
import { createProjectRepository } from "../projects/project-repository.ts";
import { createSafeGit } from "../projects/safe-git.ts";
import { createWorkingDirectories } from "../projects/working-directories.ts";
import { createWorktrees } from "../projects/worktrees.ts";
import type { Records } from "./wire-records.ts";

export type Workplaces = ReturnType<typeof wireWorkplaces>;

/** Where conversations work: workspaces, projects, worktrees. */
export const wireWorkplaces = (
  { database, surroundings, workspaces, clock, ids }: CoreDeps,
  { chats }: Records,
) => {
  const projects = createProjectRepository({ db: database.db });
  const worktrees = createWorktrees({
    git: createSafeGit(surroundings.gitEnvironment, surroundings.runGit),
    root: surroundings.worktreesDirectory,
  });
  const directories = createWorkingDirectories({ projects, worktrees, workspaces });
  return {
    projects,
    worktrees,
    directories,
    starter: createConversationStarter({ chats, directories, clock, ids }),
  };
};
