/** What a button under a question to the owner carries. */
export type AccessAction =
  | { kind: "pair_allow" | "pair_refuse"; code: string }
  | { kind: "chat_allow" | "chat_refuse"; chatId: string };

const VERBS = {
  pair_allow: "y",
  pair_refuse: "n",
  chat_allow: "g",
  chat_refuse: "h",
} as const satisfies Record<AccessAction["kind"], string>;

const PAIR = /^([yn]):([A-Z0-9]{1,32})$/;
const CHAT = /^([gh]):(-\d{1,20})$/;

/** At most 34 bytes of ASCII. */
export const formatAccessData = (action: AccessAction): string =>
  `${VERBS[action.kind]}:${"code" in action ? action.code : action.chatId}`;

/** Null for anything that is not of these. */
export const parseAccessData = (data: string): AccessAction | null => {
  const [, answer, code] = PAIR.exec(data) ?? [];
  if (code !== undefined) return { kind: answer === "y" ? "pair_allow" : "pair_refuse", code };
  const [, word, chatId] = CHAT.exec(data) ?? [];
  return chatId === undefined ? null : { kind: word === "g" ? "chat_allow" : "chat_refuse", chatId };
};
