import type { TurnSource } from "@steward/schema/enums";

/** The door as the history names it: the ancestor knew the gateway's clients only as Telegram. */
export const sourceInHistory = (source: TurnSource): string => (source === "gateway" ? "telegram" : source);
