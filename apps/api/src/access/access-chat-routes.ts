import { ENDPOINTS } from "@steward/contract/endpoints";
import type { AccessService } from "@steward/core/access/access-service";
import { actorOf } from "@steward/core/access/actor";
import type { Core } from "@steward/core/core";
import { holderOf } from "../http/holder-of.ts";
import type { Mount } from "../http/mount.ts";

export function mountAccessChats(
  mount: Mount,
  { access, chatMoves }: { access: AccessService; chatMoves: Core["chatMoves"] },
): void {
  mount.json(ENDPOINTS.listAccessChats, ({ query }) => access.listChats(query.botId));
  mount.json(ENDPOINTS.allowChat, ({ params, body: { actingUserId, ...wish } }, c) =>
    access.allowChat(params.botId, params.chatId, wish, actorOf(actingUserId, holderOf(c))),
  );
  mount.json(ENDPOINTS.disallowChat, ({ params, query }, c) => ({
    disallowed: access.disallowChat(params.botId, params.chatId, actorOf(query.actingUserId, holderOf(c))),
  }));
  mount.json(ENDPOINTS.moveChat, ({ body: { botId, ...move } }) => ({
    moved: chatMoves.moveNow(botId, move),
  }));
}
