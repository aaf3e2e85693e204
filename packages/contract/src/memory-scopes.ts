import { z } from "zod";
import { botIdSchema, chatIdSchema, userIdSchema } from "./ids.ts";

/** Whom it is for. Everybody's are made on purpose, never for want of an id. */
export const ownerShape = {
  botId: botIdSchema.optional(),
  chatId: chatIdSchema.optional().describe("with `botId`: for this chat alone, all its topics included"),
  shared: z.literal(true).optional().describe("for everybody, in place of the ids"),
};
export const isOwner = ({
  botId,
  chatId,
  shared,
}: {
  botId?: unknown;
  chatId?: unknown;
  shared?: unknown;
}) => (shared === true ? botId === undefined && chatId === undefined : botId !== undefined);
export const OWNER_PROBLEM = {
  message: "name a bot, a bot and its chat, or `shared: true`",
  path: ["botId"],
};

/** Who asks, when a front end speaks for a person: only what their chat may know is there for them. */
export const speakerShape = {
  inBotId: botIdSchema
    .optional()
    .describe("the chat in which it is asked, with `inChatId`: nothing else is there"),
  inChatId: chatIdSchema.optional(),
  userId: userIdSchema
    .optional()
    .describe(
      "the person of that bot who asks; what is not the chat's own only its owner or an admin changes",
    ),
};
export const isSpeaker = ({
  inBotId,
  inChatId,
  userId,
}: {
  inBotId?: string;
  inChatId?: string;
  userId?: string;
}) => (inBotId === undefined) === (inChatId === undefined) && (userId === undefined || inBotId !== undefined);
export const SPEAKER_PROBLEM = {
  message: "`inBotId` and `inChatId` come together, and `userId` with both",
  path: ["inBotId"],
};
export const speakerQuery = z.object(speakerShape).refine(isSpeaker, SPEAKER_PROBLEM);
export const speakerBody = z
  .object({ ...speakerShape, userName: z.string().max(256).optional() })
  .refine(isSpeaker, SPEAKER_PROBLEM);
