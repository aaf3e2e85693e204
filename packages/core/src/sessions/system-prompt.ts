import { join } from "node:path";

/** What is added to the CLI's system prompt: one paragraph per subject, in the order they are given. */
export const composeSystemPrompt = (paragraphs: readonly (string | null)[]): string | null => {
  const said = paragraphs.filter((paragraph) => paragraph !== null);
  return said.length === 0 ? null : said.join("\n\n");
};

/**
 * How files come and go.
 *
 * @param workspace the chat's own workspace
 * @param cwd where the conversation works: the workspace itself, or a project
 */
export const describeFileFolders = (workspace: string, cwd: string): string => {
  const at = (folder: string): string => (workspace === cwd ? `./${folder}/` : `${join(workspace, folder)}/`);
  return [
    `Files that the person sends lie in ${at("files")}.`,
    `To send files to the person, put them into ${at("outbox")} (create it if it is missing): each plain file there`,
    "is sent after your answer and then moved to its subfolder sent/. Folders and links are not sent (make an archive",
    "instead), nor files above 50 MB. Put only finished files there that the person is meant to get.",
  ].join("\n");
};
