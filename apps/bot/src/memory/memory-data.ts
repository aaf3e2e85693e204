/** What a button about memories asks for. `page`: it stands in a list, which begins there. */
export type MemoryButton =
  | { kind: "undo"; changeId: number }
  /** The message is of the history. */
  | { kind: "ask"; changeId: number; messageId: number }
  | { kind: "accept" | "reject" | "forget" | "pin" | "unpin"; memoryId: number; page: number | null }
  | { kind: "list"; page: number };

const VERBS = { accept: "a", reject: "r", forget: "f", pin: "p", unpin: "n" } as const;
type Verb = keyof typeof VERBS;

const PATTERN = /^z:([uqarfpnl]):(\d{1,15})(?:\.(\d{1,15}))?$/;

/** At most 35 bytes of ASCII. */
export const formatMemoryData = (button: MemoryButton): string => {
  switch (button.kind) {
    case "undo":
      return `z:u:${button.changeId}`;
    case "ask":
      return `z:q:${button.changeId}.${button.messageId}`;
    case "list":
      return `z:l:${button.page}`;
    default:
      return `z:${VERBS[button.kind]}:${button.memoryId}${button.page === null ? "" : `.${button.page}`}`;
  }
};

/** Null for anything that no version of ours wrote. */
export const parseMemoryData = (data: string): MemoryButton | null => {
  const [, code, first, second] = PATTERN.exec(data) ?? [];
  if (code === undefined || first === undefined) return null;
  const id = Number(first);
  const more = second === undefined ? null : Number(second);
  if (code === "q") return more === null ? null : { kind: "ask", changeId: id, messageId: more };
  if (code === "u") return more === null ? { kind: "undo", changeId: id } : null;
  if (code === "l") return more === null ? { kind: "list", page: id } : null;
  const verb = (Object.keys(VERBS) as Verb[]).find((name) => VERBS[name] === code);
  return verb === undefined ? null : { kind: verb, memoryId: id, page: more };
};
