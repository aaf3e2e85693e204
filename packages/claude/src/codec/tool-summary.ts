import { asArray, asObject, asText } from "./raw-message.ts";

const LONGEST_SUMMARY = 120;

/** The field that says most about a call, by tool; tools of MCP servers and new ones fall back to the first text. */
const TELLING_FIELDS: Readonly<Record<string, readonly string[]>> = {
  Agent: ["description"],
  Task: ["description"],
  Bash: ["command"],
  Edit: ["file_path"],
  Glob: ["pattern"],
  Grep: ["pattern"],
  NotebookEdit: ["notebook_path"],
  Read: ["file_path"],
  Skill: ["skill", "command"],
  TaskCreate: ["subject"],
  TaskUpdate: ["subject", "status", "taskId"],
  WebFetch: ["url"],
  WebSearch: ["query"],
  Write: ["file_path"],
};

/** One line for people about a tool call; `""` when its input has no text at all. */
export function summarizeTool(name: string, input: unknown): string {
  const fields = asObject(input) ?? {};
  const question = asText(asObject(asArray(fields.questions)[0])?.question);
  const told = (TELLING_FIELDS[name] ?? []).map((field) => asText(fields[field]));
  const anything = Object.values(fields).map(asText);
  const text = [question, ...told, ...anything].find(
    (candidate) => candidate !== undefined && candidate !== "",
  );
  return shorten((text ?? "").replaceAll(/\s+/g, " ").trim());
}

function shorten(text: string): string {
  const characters = [...text];
  if (characters.length <= LONGEST_SUMMARY) return text;
  return `${characters.slice(0, LONGEST_SUMMARY - 1).join("")}…`;
}
