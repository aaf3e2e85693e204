import { DomainError } from "@steward/contract/errors";
import type { PROJECT_WARNINGS } from "@steward/contract/projects";
import { type ChatRecord, type ConversationRecord, workspaceOf } from "../chats/chat-repository.ts";
import type { Workspaces } from "../sessions/engine.ts";
import { realDirectory } from "./project-path.ts";
import type { ProjectRecord, ProjectRepository } from "./project-repository.ts";
import type { Worktrees } from "./worktrees.ts";

/** Where a chat's new conversations work. */
export interface ProjectChoice {
  /** Null = the chat's own workspace. */
  projectId: string | null;
  usesWorktree: boolean;
}

/** Where one new conversation works, from now on and for ever. */
export interface WorkingPlace {
  cwd: string;
  projectId: string | null;
  worktree: string | null;
  warnings: (typeof PROJECT_WARNINGS)[number][];
}

export interface WorkingDirectories {
  /** Makes the place of a new conversation. Throws project_removed, directory_gone, project_not_git, git_… */
  prepare(chat: ChatRecord, choice: ProjectChoice, conversationId: string): Promise<WorkingPlace>;
  /** Takes a place back that was never used. */
  discard(place: WorkingPlace): Promise<void>;
  /**
   * Before a conversation goes on: it works where it always has, or not at all. The chat's own workspace is made again
   * when it is missing. Throws project_removed, directory_gone.
   */
  check(chat: ChatRecord, conversation: ConversationRecord): void;
  /** Whether a process that works there may go on: cheap, asked before every prompt. */
  isSound(conversation: ConversationRecord): boolean;
}

export const createWorkingDirectories = (deps: {
  projects: ProjectRepository;
  worktrees: Worktrees;
  workspaces: Workspaces;
}): WorkingDirectories => {
  const listed = (projectId: string, path: string): ProjectRecord => {
    const project = deps.projects.byId(projectId);
    if (project) return project;
    throw new DomainError("project_removed", `The project of ${path} is not listed any more`, {
      params: { path },
    });
  };

  /** The same path, but another directory behind it (a link put there) counts as gone. */
  const assertReal = (path: string): void => {
    if (realDirectory(path) === path) return;
    throw new DomainError("directory_gone", `${path} is not there any more`, { params: { path } });
  };

  return {
    prepare: async (chat, { projectId, usesWorktree }, conversationId) => {
      const own = () => deps.workspaces.ensure(workspaceOf(chat));
      if (projectId === null) return { cwd: own(), projectId: null, worktree: null, warnings: [] };
      const project = listed(projectId, "this chat");
      assertReal(project.path);
      if (!usesWorktree) {
        const shared = deps.projects.isShared(project.id, chat.id);
        return {
          cwd: project.path,
          projectId: project.id,
          worktree: null,
          warnings: shared ? ["shared_directory"] : [],
        };
      }
      const { path, uncommitted } = await deps.worktrees.add(project.path, workspaceOf(chat), conversationId);
      return {
        cwd: path,
        projectId: project.id,
        worktree: path,
        warnings: uncommitted ? ["uncommitted_changes"] : [],
      };
    },
    discard: async ({ worktree }) => {
      if (worktree !== null) await deps.worktrees.remove(worktree);
    },
    isSound: ({ cwd, projectId }) =>
      projectId === null
        ? deps.workspaces.exists(cwd)
        : deps.projects.byId(projectId) !== null && realDirectory(cwd) === cwd,
    check: (chat, { cwd, projectId }) => {
      if (projectId !== null) {
        listed(projectId, cwd);
        assertReal(cwd);
        return;
      }
      if (cwd === deps.workspaces.ensure(workspaceOf(chat))) return;
      // A workspace of an earlier data directory: never silently another one.
      if (realDirectory(cwd) === null) {
        throw new DomainError("directory_gone", `${cwd} is not there any more`, { params: { path: cwd } });
      }
    },
  };
};
