import type { Delivery } from "@steward/contract/deliveries";
import type { ChatAddress } from "@steward/contract/ids";
import type { Logger } from "@steward/platform/logger";
import type { Lanes } from "@steward/telegram/lanes";
import { chatFields } from "../outbound/messenger.ts";
import type { Steward } from "../steward/steward.ts";

export interface TopicTitlesDeps {
  steward: Pick<Steward, "titleTopic">;
  lanes: Pick<Lanes, "call">;
  log: Logger;
}

/** Topics that were asked about, remembered. */
const REMEMBERED = 1_000;

/**
 * Gives a topic that nobody has named a name after its first answer. Call when a delivery stands in its chat. Nothing depends
 * on it: where the bot may not rename topics, they keep their names.
 */
export function createTopicTitles({ steward, lanes, log }: TopicTitlesDeps) {
  const asked = new Set<string>();

  const rename = async (address: ChatAddress): Promise<void> => {
    const title = await steward.titleTopic(address);
    if (title === null) return;
    const args = {
      chat_id: chatFields(address).chat_id,
      message_thread_id: Number(address.threadId),
      name: title,
    };
    await lanes.call("editForumTopic", args, { priority: "command" });
  };

  return ({ kind, botId, chatId, threadId }: Delivery): void => {
    const key = `${chatId} ${threadId}`;
    if (threadId === "" || kind !== "answer" || asked.has(key)) return;
    asked.add(key);
    for (const oldest of asked) {
      if (asked.size <= REMEMBERED) break;
      asked.delete(oldest);
    }
    rename({ botId, chatId, threadId }).catch((error: unknown) =>
      log.debug({ err: error, chatId, threadId }, "the topic keeps its name"),
    );
  };
}
