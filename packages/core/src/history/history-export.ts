import type { EXPORT_FORMATS, HistoryMessage } from "@steward/contract/history";
import type { SessionKey } from "./message-repository.ts";

export type ExportFormat = (typeof EXPORT_FORMATS)[number];

/**
 * A session as text, piece by piece: however long it is, no more of it is held than one page of messages.
 *
 * @param pages the messages, oldest first
 */
export function* writeExport(
  session: SessionKey,
  pages: Iterable<readonly HistoryMessage[]>,
  format: ExportFormat,
): Generator<string> {
  if (format === "markdown") {
    yield `# ${session.sessionId}\n`;
    for (const page of pages) yield page.map(toMarkdown).join("");
    return;
  }
  yield `${JSON.stringify(session).slice(0, -1)},"messages":[`;
  let between = "\n";
  for (const page of pages) {
    yield between + page.map((message) => JSON.stringify(message)).join(",\n");
    between = ",\n";
  }
  yield "\n]}\n";
}

const toMarkdown = ({ role, text, at, userName, files }: HistoryMessage): string => {
  const who = role === "assistant" ? "Claude" : (userName ?? "You");
  const sent = files
    .map(({ name, bytes }) => `- 📎 ${name.replaceAll(/[\r\n]/g, " ")} (${bytes} bytes)\n`)
    .join("");
  return `\n## ${who.replaceAll(/[\r\n]/g, " ")} · ${new Date(at).toISOString()}\n\n${text.trim()}\n${sent === "" ? "" : `\n${sent}`}`;
};
