import { resolve } from "node:path";
import type { Client } from "@steward/client/client";
import {
  addProject,
  chooseProject,
  listProjects,
  type Project,
  removeProject,
} from "@steward/contract/projects";
import { readChatChoice } from "../chat/chat-choice.ts";
import { CommandFailure, EXIT, type ExitCode } from "../exit-codes.ts";
import { printTable } from "../terminal/table.ts";
import type { Terminal } from "../terminal/terminal.ts";

interface ProjectDeps {
  readonly client: Client;
  readonly terminal: Terminal;
  /** Where relative paths begin. */
  readonly directory: string;
}

export interface AddOptions {
  readonly name?: string;
  readonly force?: boolean;
}
export interface UseOptions {
  readonly chat?: string;
  readonly worktree?: boolean;
}

export type ProjectVerbs = ReturnType<typeof createProjectVerbs>;

/** A new worktree of a large repository takes its time. */
const CHOOSE_TIMEOUT_MS = 150_000;

/** The verbs of `steward project`; each says what it did and resolves with the exit code. */
export const createProjectVerbs = ({ client, terminal, directory }: ProjectDeps) => {
  const { say, print, note } = terminal;

  return {
    list: async (): Promise<ExitCode> => {
      const projects = await client.call(listProjects);
      if (projects.length === 0) {
        print(say("cli.project.none"));
        return EXIT.ok;
      }
      const heading = [
        say("cli.project.name"),
        say("cli.project.kind"),
        say("cli.project.chats"),
        say("cli.project.path"),
      ];
      const rows = projects.map((project) => [
        project.name,
        say(kindOf(project)),
        String(project.chats),
        project.path,
      ]);
      printTable(terminal, heading, rows);
      return EXIT.ok;
    },

    add: async (path: string, { name, force }: AddOptions): Promise<ExitCode> => {
      const project = await client.call(addProject, {
        body: {
          path: resolve(directory, path),
          ...(name === undefined ? {} : { name }),
          force: force === true,
        },
      });
      print(
        say(project.isGit ? "cli.project.added_git" : "cli.project.added", {
          name: project.name,
          path: project.path,
        }),
      );
      note(say("cli.project.use_hint", { name: project.name }));
      return EXIT.ok;
    },

    remove: async (name: string): Promise<ExitCode> => {
      const { removed } = await client.call(removeProject, { params: { name } });
      if (!removed) throw new CommandFailure(EXIT.failed, say("error.project_not_found"));
      print(say("cli.project.removed", { name }));
      return EXIT.ok;
    },

    use: async (name: string, { chat, worktree }: UseOptions): Promise<ExitCode> => {
      const address = readChatChoice(chat, terminal);
      const project = name.toLowerCase() === "none" ? null : name;
      const { cwd, branch, warnings } = await client.call(chooseProject, {
        body: { ...address, project, worktree: worktree === true },
        timeoutMs: CHOOSE_TIMEOUT_MS,
      });
      print(
        branch === null
          ? say("cli.project.chosen", { path: cwd })
          : say("cli.project.chosen_worktree", { path: cwd, branch }),
      );
      for (const warning of warnings) {
        note(terminal.style("stderr", "yellow", `! ${say(`project.warning.${warning}`)}`));
      }
      return EXIT.ok;
    },
  };
};

const kindOf = ({ exists, isGit }: Project) => {
  if (!exists) return "cli.project.kind_gone";
  return isGit ? "cli.project.kind_git" : "cli.project.kind_directory";
};
