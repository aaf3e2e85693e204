import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { basename, join } from "node:path";
import { DomainError } from "@steward/contract/errors";
import type { ChatAddress } from "@steward/contract/ids";
import { type ChosenProject, type Project, projectNameSchema } from "@steward/contract/projects";
import type { Clock } from "@steward/platform/clock";
import type { AccessRole } from "@steward/schema/enums";
import { actorOf, nameActor } from "../access/actor.ts";
import { assertQuiet } from "../chats/assert-quiet.ts";
import type { ChatRecord } from "../chats/chat-repository.ts";
import type { ConversationStarter } from "../chats/conversation-starter.ts";
import type { SessionManager } from "../sessions/session-manager.ts";
import type { SettingsRepository } from "../settings/settings-repository.ts";
import { type ProtectedPlaces, realDirectory, resolveProjectPath } from "./project-path.ts";
import type { ProjectRecord, ProjectRepository } from "./project-repository.ts";
import { type Worktrees, worktreeBranch } from "./worktrees.ts";

/** The directories that the owner has listed for conversations to work in. */
export interface ProjectService {
  list(): Project[];
  /**
   * Throws project_path_…, project_exists, validation_failed (no name can be made of the path).
   *
   * @param holder what the audit calls the holder of the token, where more is known of them
   */
  add(input: { path: string; name?: string | undefined; force: boolean }, holder?: string): Promise<Project>;
  /** False when there is none of that name. Touches nothing on the disk. */
  remove(name: string, holder?: string): boolean;
  /**
   * Binds a chat and starts a new conversation there. Throws owner_only (`userId` is neither owner nor admin of the
   * bot), project_not_found, chat_busy, directory_gone, project_not_git, git_…
   */
  choose(
    address: ChatAddress,
    choice: { project: string | null; worktree: boolean; userId?: string | undefined },
    holder?: string,
  ): Promise<ChosenProject>;
}

export const createProjectService = (deps: {
  projects: ProjectRepository;
  worktrees: Worktrees;
  starter: ConversationStarter;
  sessions: SessionManager;
  settings: SettingsRepository;
  places: ProtectedPlaces;
  ensureChat: (address: ChatAddress) => ChatRecord;
  roleOf: (botId: string, userId: string) => AccessRole | null;
  clock: Clock;
}): ProjectService => {
  const { projects, sessions, settings } = deps;

  const describe = (project: ProjectRecord & { chats: number }): Project => ({
    name: project.name,
    path: project.path,
    isGit: project.isGit,
    exists: realDirectory(project.path) === project.path,
    chats: project.chats,
    createdAt: project.createdAt,
  });

  const nameOf = (path: string): string => {
    const made = basename(path)
      .replace(/[^A-Za-z0-9._-]+/g, "-")
      .replace(/^[^A-Za-z0-9]+/, "")
      .slice(0, 40);
    const parsed = projectNameSchema.safeParse(made);
    if (parsed.success) return parsed.data;
    throw new DomainError("validation_failed", `Choose a name: none can be made of ${path}`);
  };

  /** Without git on the machine, its folder tells enough for a list. */
  const isRepository = async (path: string): Promise<boolean> => {
    try {
      return (await deps.worktrees.kindOf(path)) === "repository";
    } catch (error) {
      if (error instanceof DomainError) return existsSync(join(path, ".git"));
      throw error;
    }
  };

  return {
    list: () => projects.all().map(describe),
    add: async ({ path, name: wanted, force }, holder) => {
      const real = resolveProjectPath(path, force, deps.places);
      const name = wanted ?? nameOf(real);
      const isGit = await isRepository(real);
      const known = projects.byPath(real) ?? projects.byName(name);
      if (known) {
        throw new DomainError("project_exists", `${known.path} is already listed as ${known.name}`);
      }
      // The same directory listed again is the same project: conversations in it go on.
      const id = createHash("sha256").update(real).digest("hex").slice(0, 32);
      const record = { id, name, path: real, isGit, createdAt: deps.clock.now() };
      projects.insert(record);
      settings.audit(nameActor(actorOf(undefined, holder), undefined, deps), "project.add", name, real);
      return describe({ ...record, chats: projects.all().find((each) => each.id === id)?.chats ?? 0 });
    },
    remove: (name, holder) => {
      const project = projects.byName(name);
      if (!project) return false;
      projects.delete(project.id);
      settings.audit(
        nameActor(actorOf(undefined, holder), undefined, deps),
        "project.remove",
        project.name,
        project.path,
      );
      return true;
    },
    choose: async (address, { project: name, worktree, userId }, holder) => {
      const by = nameActor(actorOf(userId, holder), address.botId, deps);
      const project = name === null ? null : projects.byName(name);
      if (name !== null && !project) {
        throw new DomainError("project_not_found", `No project is called ${name}`);
      }
      const chat = deps.ensureChat(address);
      const session = sessions.session(chat);
      assertQuiet(session);
      const choice = { projectId: project?.id ?? null, usesWorktree: project !== null && worktree };
      const { conversation, warnings } = await deps.starter.start(chat.id, {
        choice,
        // A message may have come while the worktree was made.
        approve: () => assertQuiet(session),
      });
      await sessions.restart(chat, conversation);
      settings.audit(by, "project.choose", `${address.botId}/${address.chatId}`, name ?? "");
      return {
        project: project?.name ?? null,
        conversationId: conversation.id,
        cwd: conversation.cwd,
        branch: conversation.worktree === null ? null : worktreeBranch(address, conversation.id),
        warnings,
      };
    },
  };
};
