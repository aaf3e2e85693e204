import { translate } from "@steward/contract/messages";
import type { ChosenProject, Project } from "@steward/contract/projects";
import type { ButtonAction } from "../callbacks/callback-data.ts";
import { pickerKeyboard } from "../outbound/keyboard.ts";
import { type Messenger, plainText } from "../outbound/messenger.ts";
import type { Steward } from "../steward/steward.ts";
import type { Asker, Command, CommandRequest } from "./command.ts";

interface ProjectCommandDeps {
  steward: Pick<Steward, "projects" | "chooseProject">;
  messenger: Pick<Messenger, "say">;
}

/** Words of the command; no project can be called so. */
const OWN_WORKSPACE = "none";
const WORKTREE = "worktree";
const BUTTONS_PER_ROW = 2;
const MOST_BUTTONS = 20;

/** `/project`: what can be worked in, with a button for each. `/project NAME [worktree]` and `/project none` choose. */
export function createProjectCommand({ steward, messenger }: ProjectCommandDeps): Command {
  const choose = createProjectChooser({ steward, messenger });
  return async (request) => {
    const { address, language, args } = request;
    const [name = "", ...options] = args.split(/\s+/);
    if (name !== "" && name !== "list") {
      const project = name.toLowerCase() === OWN_WORKSPACE ? null : name;
      return await choose(request, project, options.includes(WORKTREE));
    }
    const projects = await steward.projects();
    if (projects.length === 0) {
      await messenger.say(address, plainText(translate(language, "bot.project.empty")));
      return;
    }
    const lines = [
      ...projects.map((project) => describe(project, language)),
      "",
      translate(language, "bot.project.hint"),
    ];
    await messenger.say(address, plainText(lines.join("\n")), {
      keyboard: pickerKeyboard(buttons(projects, language), BUTTONS_PER_ROW),
    });
  };
}

/** Binds a chat and says so there. Who may do that, the API decides. */
export const createProjectChooser =
  ({ steward, messenger }: { steward: Pick<Steward, "chooseProject">; messenger: Pick<Messenger, "say"> }) =>
  async ({ address, language, userId }: Asker, project: string | null, worktree: boolean): Promise<void> => {
    const chosen = await steward.chooseProject(address, { project, worktree, userId });
    const lines = [
      sentence(chosen, language),
      translate(language, "bot.project.old_kept"),
      ...chosen.warnings.map((warning) => `⚠️ ${translate(language, `project.warning.${warning}`)}`),
    ];
    await messenger.say(address, plainText(lines.join("\n")));
  };

const sentence = ({ project, cwd, branch }: ChosenProject, language: CommandRequest["language"]): string => {
  if (project === null) return translate(language, "bot.project.chosen_own");
  return branch === null
    ? translate(language, "bot.project.chosen", { name: project, path: cwd })
    : translate(language, "bot.project.chosen_worktree", { name: project, path: cwd, branch });
};

const describe = ({ name, path, exists, isGit }: Project, language: CommandRequest["language"]): string => {
  const line = `${isGit ? "🌿" : "📁"} ${name} – ${path}`;
  return exists ? line : `${line} ${translate(language, "bot.project.gone")}`;
};

const buttons = (
  projects: readonly Project[],
  language: CommandRequest["language"],
): { text: string; action: ButtonAction }[] => [
  { text: translate(language, "bot.project.own"), action: { kind: "project", name: null } },
  ...projects
    .filter(({ exists }) => exists)
    .slice(0, MOST_BUTTONS)
    .map(({ name }) => ({ text: name, action: { kind: "project" as const, name } })),
];
