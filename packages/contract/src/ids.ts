import { z } from "zod";

/** No hyphen, so that `gw-<bot>-<chat>` names one chat only (DESIGN §13.2). A Telegram bot's id is its numeric one. */
export const botIdSchema = z
  .string()
  .regex(/^[A-Za-z0-9_]{1,64}$/, "must be 1 to 64 letters, digits or underscores")
  .describe("A bot, or another client of the gateway; everything it owns is keyed by this id");

/** Normally a decimal; groups are negative. */
export const chatIdSchema = z
  .string()
  .regex(
    /^-?[A-Za-z0-9][A-Za-z0-9_-]{0,63}$/,
    "must be a chat id: letters, digits, _ and -, 1 to 65 characters",
  )
  .describe("A chat within the bot");

/** Empty outside forum topics. */
export const threadIdSchema = z
  .string()
  .regex(/^[0-9]{0,20}$/, "must be a topic number, or empty")
  .describe("A forum topic, empty outside topics");

export const turnIdSchema = z.uuid().describe("A turn (UUIDv7)");
export const deliveryIdSchema = z.uuid().describe("A delivery (UUIDv7)");

/** A client-made key, unique per thing to do: the same key never does it twice. */
export const idempotencyKeySchema = z
  .string()
  .min(1)
  .max(200)
  .regex(/^[\x21-\x7e]+$/, "must be printable ASCII without spaces");

/** A person, as Telegram numbers them. */
export const userIdSchema = z.string().regex(/^\d{1,20}$/, "must be a numeric user id");

/** Of a request whose answer is kept: sent again with the same key, it does nothing and is answered the same. */
export const repeatableHeaders = z.object({ "idempotency-key": idempotencyKeySchema.optional() });

export const chatAddressSchema = z.object({
  botId: botIdSchema,
  chatId: chatIdSchema,
  threadId: threadIdSchema.default(""),
});
export type ChatAddress = z.infer<typeof chatAddressSchema>;

/** The same topic of the same chat of the same bot. */
export const isSameChat = (a: ChatAddress, b: ChatAddress): boolean =>
  a.botId === b.botId && a.chatId === b.chatId && a.threadId === b.threadId;

/** The ancestor's name of a chat's history: stored with each message, never parsed back. */
export const legacySessionId = ({ botId, chatId, threadId }: ChatAddress): string =>
  `gw-${botId}-${chatId}${threadId === "" ? "" : `.t${threadId}`}`;
