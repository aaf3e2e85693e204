import type { AccessChat, ChatMove } from "@steward/contract/access-chats";
import type { InboxUpdate } from "@steward/contract/inbox";
import type { Clock } from "@steward/platform/clock";
import type { ChatAdmission, ChatAttention } from "@steward/schema/enums";
import type { DatabaseOrTransaction, OpenDatabase } from "@steward/schema/sqlite";
import { accessChats, bots, chatMoves } from "@steward/schema/tables";
import { and, asc, eq } from "drizzle-orm";
import type { EventHub } from "../events/event-hub.ts";
import type { SettingsRepository } from "../settings/settings-repository.ts";
import { may } from "./abilities.ts";
import { type Actor, nameActor } from "./actor.ts";
import { calledName, type OwnerQuestions, plain, sentence } from "./owner-questions.ts";
import type { People } from "./people.ts";

/** In which groups a bot may be used, and how. */
export interface Groups {
  listChats(botId?: string): AccessChat[];
  /** Null: nobody is served there, because it was never allowed or because the bot has left. */
  chat(botId: string, chatId: string): AccessChat | null;
  moves(botId: string): ChatMove[];
  /** The id under which a chat lives on. */
  presentId(botId: string, chatId: string): string;
  /**
   * What is not said stays as it is. `privacyMode`: Telegram does not show the bot what it is to listen to.
   * Throws owner_only.
   */
  allowChat(
    botId: string,
    chatId: string,
    wish: { title?: string | null; admits?: ChatAdmission; listensTo?: ChatAttention },
    actor: Actor,
  ): { chat: AccessChat; privacyMode: boolean };
  /** False when it was not allowed. Throws owner_only. */
  disallowChat(botId: string, chatId: string, actor: Actor): boolean;
  /**
   * Telegram says what became of the bot in a group. Takes part in the open transaction; what it answers is called after
   * the commit.
   */
  membershipChanged(tx: DatabaseOrTransaction, botId: string, update: InboxUpdate): () => void;
}

const GONE: readonly string[] = ["left", "kicked"];
const nothing = (): void => undefined;

export const createGroups = (deps: {
  database: OpenDatabase;
  people: Pick<People, "roleOf" | "list">;
  questions: OwnerQuestions;
  settings: Pick<SettingsRepository, "audit">;
  hub: EventHub;
  clock: Pick<Clock, "now">;
}): Groups => {
  const { database, people, questions, settings, hub, clock } = deps;
  const { db } = database;
  /** How groups are called that owners were asked about since the start; what is allowed keeps its title. */
  const askedAbout = new Map<string, string>();
  const find = (botId: string, chatId: string): AccessChat | null =>
    db.select().from(accessChats).where(rowOf(botId, chatId)).get() ?? null;
  const chat: Groups["chat"] = (botId, chatId) => {
    const row = find(botId, chatId);
    return row?.leftAt === null ? row : null;
  };

  const answer = (tx: DatabaseOrTransaction, { botId, chatId, title }: Named, isAllowed: boolean): string[] =>
    questions.answer(
      tx,
      botId,
      chatId,
      sentence(isAllowed ? "access.group_allowed" : "access.group_refused", {
        title: plain(title ?? chatId),
        chat: chatId,
      }),
    );

  const added = (
    tx: DatabaseOrTransaction,
    botId: string,
    { chat: group, sender }: InboxUpdate,
  ): string[] => {
    // Of groups that strangers make nobody wants to be told.
    if (!group || !sender || people.roleOf(botId, sender.id) === null || find(botId, group.id)) return [];
    const name = calledName({ ...sender, userId: sender.id });
    if (group.title != null) askedAbout.set(`${botId} ${group.id}`, group.title);
    return questions.ask(tx, botId, {
      subject: group.id,
      actions: ["chat_allow", "chat_refuse"],
      say: sentence("access.group_asks", { name, title: plain(group.title ?? group.id), chat: group.id }),
    });
  };

  return {
    chat,
    listChats: (botId) =>
      db
        .select()
        .from(accessChats)
        .where(botId === undefined ? undefined : eq(accessChats.botId, botId))
        .orderBy(asc(accessChats.createdAt))
        .all(),
    moves: (botId) =>
      db
        .select({ fromChatId: chatMoves.fromChatId, toChatId: chatMoves.toChatId })
        .from(chatMoves)
        .where(eq(chatMoves.botId, botId))
        .all(),
    presentId: (botId, chatId) =>
      db
        .select()
        .from(chatMoves)
        .where(and(eq(chatMoves.botId, botId), eq(chatMoves.fromChatId, chatId)))
        .get()?.toChatId ?? chatId,
    allowChat: (botId, chatId, wish, actor) => {
      const isForAll = wish.admits === "everyone";
      const by = nameActor(actor, botId, people, isForAll ? "admitEveryone" : "allowChats");
      const { allowed, told } = database.write((tx) => {
        const row = { botId, chatId, allowedBy: by, createdAt: clock.now(), leftAt: null };
        const { title, ...how } = wish;
        const called = title ?? askedAbout.get(`${botId} ${chatId}`);
        const said = { ...how, ...(called !== undefined && { title: called }) };
        const allowed = tx
          .insert(accessChats)
          .values({ ...row, ...said })
          .onConflictDoUpdate({
            target: [accessChats.botId, accessChats.chatId],
            set: { leftAt: null, ...said },
          })
          .returning()
          .get();
        return { allowed, told: answer(tx, allowed, true) };
      });
      settings.audit(by, "access.chat", `${botId}/${chatId}`, `${allowed.admits}, ${allowed.listensTo}`);
      hub.publish("access_changed", { botId });
      questions.publish(told);
      const bot = db.select().from(bots).where(eq(bots.id, botId)).get();
      return {
        chat: allowed,
        privacyMode: allowed.listensTo === "always" && bot?.readsAllMessages === false,
      };
    },
    disallowChat: (botId, chatId, actor) => {
      const by = nameActor(actor, botId, people, "allowChats");
      const before = find(botId, chatId);
      const title = before?.title ?? askedAbout.get(`${botId} ${chatId}`) ?? null;
      const told = database.write((tx) => {
        tx.delete(accessChats).where(rowOf(botId, chatId)).run();
        return answer(tx, { botId, chatId, title }, false);
      });
      questions.publish(told);
      if (!before) return false;
      settings.audit(by, "access.chat_off", `${botId}/${chatId}`);
      hub.publish("access_changed", { botId });
      return true;
    },
    membershipChanged: (tx, botId, update) => {
      const { chat: group, membership, sender } = update;
      if (!group || !membership || group.type === "private" || group.type === "channel") return nothing;
      if (GONE.includes(membership.newStatus)) {
        const { changes } = tx
          .update(accessChats)
          .set({ leftAt: clock.now() })
          .where(rowOf(botId, group.id))
          .run();
        return changes === 0 ? nothing : () => hub.publish("access_changed", { botId });
      }
      const known = find(botId, group.id);
      const isBack = known !== null && known.leftAt !== null;
      if (isBack && sender && may(people.roleOf(botId, sender.id), "allowChats")) {
        tx.update(accessChats).set({ leftAt: null }).where(rowOf(botId, group.id)).run();
        return () => hub.publish("access_changed", { botId });
      }
      const wasThere = !GONE.includes(membership.oldStatus) && membership.oldStatus !== "";
      const asked = wasThere ? [] : added(tx, botId, update);
      return () => questions.publish(asked);
    },
  };
};

type Named = Pick<AccessChat, "botId" | "chatId" | "title">;

const rowOf = (botId: string, chatId: string) =>
  and(eq(accessChats.botId, botId), eq(accessChats.chatId, chatId));
