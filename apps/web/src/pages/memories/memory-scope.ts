/** Whom memories are for, as the address and lists name it: `*` everybody, `bot`, or `bot/chat`. */
export interface ScopeChoice {
  botId: string;
  chatId: string;
}

export const EVERYBODY = "*";

/** @returns null for no choice; `botId` is empty for everybody */
export const readScope = (scope: string | undefined): ScopeChoice | null => {
  if (scope === undefined || scope === "") return null;
  if (scope === EVERYBODY) return { botId: "", chatId: "" };
  const [botId = "", chatId = ""] = scope.split("/");
  return botId === "" ? null : { botId, chatId };
};

export const writeScope = ({ botId, chatId }: ScopeChoice): string => {
  if (botId === "") return EVERYBODY;
  return chatId === "" ? botId : `${botId}/${chatId}`;
};

/** Of a bot with its chats; of one chat; of everybody's alone. */
export const scopeQuery = (scope: string | undefined) => {
  const choice = readScope(scope);
  if (!choice) return {};
  const { botId, chatId } = choice;
  if (botId === "") return { own: "true" as const };
  return chatId === "" ? { botId } : { botId, chatId, own: "true" as const };
};

/** The same choice, for memories that are here already. */
export const isInScope = (memory: ScopeChoice, scope: string | undefined): boolean => {
  const choice = readScope(scope);
  if (!choice) return true;
  if (memory.botId !== choice.botId) return false;
  return choice.botId === "" || choice.chatId === "" || memory.chatId === choice.chatId;
};
