import { DomainError } from "@steward/contract/errors";
import type { ChatAddress } from "@steward/contract/ids";
import {
  POLICIES,
  POLICY_NAMES,
  type Policy,
  type PolicyName,
  type PolicyValue,
} from "@steward/contract/policies";
import type { Clock } from "@steward/platform/clock";
import type { OpenDatabase } from "@steward/schema/sqlite";
import { policies } from "@steward/schema/tables";
import { and, eq } from "drizzle-orm";
import type { ChatRepository } from "../chats/chat-repository.ts";
import type { EventHub } from "../events/event-hub.ts";
import type { SettingsRepository } from "../settings/settings-repository.ts";

/** Everything, a bot, or a chat (then with its bot). */
export type PolicyScope = Partial<ChatAddress>;

/** A chat as far as policies need it. */
export interface PolicySubject {
  id: number;
  botId: string;
}

export interface PolicyService {
  /**
   * What holds for a chat: its own word, else its bot's, else everything's, else the initial value. What lets the agent do
   * more without a question does not reach into groups: there only the group's own word counts (threat T4).
   */
  get<Name extends PolicyName>(name: Name, chat: PolicySubject | null): PolicyValue<Name>;
  /** What the chat, its bot and everything say themselves, for what binds at each scope; narrowest first. */
  ownWords<Name extends PolicyName>(
    name: Name,
    chat: PolicySubject,
  ): { from: "chat" | "bot" | "global"; value: PolicyValue<Name> }[];
  /** Whether anybody has said anything about it, at whichever scope. */
  isSetAnywhere(name: PolicyName): boolean;
  list(scope: PolicyScope): Policy[];
  /**
   * `undefined` takes the scope's own word back. Throws validation_failed, not_found (unknown chat), conflict.
   *
   * @param expectedUpdatedAt what was seen when it was decided; throws policy_changed when it is another by now
   */
  set(
    scope: PolicyScope,
    name: PolicyName,
    value: unknown,
    actor: string,
    expectedUpdatedAt?: number | null,
  ): Policy;
}

export type EnvironmentPolicies = { readonly [Name in PolicyName]?: PolicyValue<Name> };

/** Says no to a value that is well-formed but must not be: a sentence for the person, or null. */
export type PolicyVeto = (name: PolicyName, value: unknown) => string | null;

export const createPolicyService = (deps: {
  database: OpenDatabase;
  chats: ChatRepository;
  settings: SettingsRepository;
  hub: EventHub;
  clock: Clock;
  veto: PolicyVeto;
  /** What the environment sets, in place of what a person sets for everything. */
  environment: EnvironmentPolicies;
}): PolicyService => {
  const { db } = deps.database;

  const chainOf = (chat: PolicySubject | null): readonly string[] =>
    chat === null ? ["global"] : [`chat:${chat.id}`, `bot:${chat.botId}`, "global"];
  const isGroup = (chatId: string | undefined): boolean => chatId?.startsWith("-") === true;
  const isInGroup = (name: PolicyName, chat: PolicySubject | null): boolean =>
    chat !== null && ASKING_LESS.has(name) && isGroup(deps.chats.byRef(chat.id).chatId);

  const keyOf = (scope: PolicyScope): string => {
    if (scope.botId === undefined) {
      if (scope.chatId === undefined) return "global";
      throw new DomainError("validation_failed", "A chat belongs to a bot: name the bot as well");
    }
    if (scope.chatId === undefined) return `bot:${scope.botId}`;
    const address = { botId: scope.botId, chatId: scope.chatId, threadId: scope.threadId ?? "" };
    const chat = deps.chats.find(address);
    if (!chat) throw new DomainError("not_found", "There is no such chat yet");
    return `chat:${chat.id}`;
  };

  const subjectOf = (scope: PolicyScope): readonly string[] => {
    const key = keyOf(scope);
    if (key === "global") return ["global"];
    return key.startsWith("bot:") ? [key, "global"] : [key, `bot:${scope.botId ?? ""}`, "global"];
  };

  type Row = typeof policies.$inferSelect;
  // Asked several times before each prompt, and written by nobody but us: read once, kept beside the table.
  const rows = new Map<string, Row>();
  const nameOf = (scope: string, name: string): string => JSON.stringify([scope, name]);
  for (const row of db.select().from(policies).all()) rows.set(nameOf(row.scope, row.name), row);

  /** A value that an older or newer program wrote and this one cannot read counts as not set. */
  const read = (name: PolicyName, text: string): { value: unknown } | null => {
    const parsed = POLICIES[name].schema.safeParse(JSON.parse(text));
    return parsed.success ? { value: parsed.data } : null;
  };

  const resolve = (name: PolicyName, scopes: readonly string[], ofGroup = false): Policy => {
    const fixed = deps.environment[name];
    const reaches = (scope: string, value: unknown): boolean =>
      !ofGroup || scope.startsWith("chat:") || !asksLess(name, value);
    for (const scope of scopes) {
      if (scope === "global" && fixed !== undefined && reaches(scope, fixed)) {
        return { name, value: fixed, from: "environment", updatedAt: null, updatedBy: null };
      }
      const found = rows.get(nameOf(scope, name));
      const known = found && read(name, found.value);
      if (!found || !known || !reaches(scope, known.value)) continue;
      const from = scope === "global" ? "global" : scope.startsWith("bot:") ? "bot" : "chat";
      return { name, value: known.value, from, updatedAt: found.updatedAt, updatedBy: found.updatedBy };
    }
    return { name, value: POLICIES[name].initial, from: "initial", updatedAt: null, updatedBy: null };
  };

  return {
    get: <Name extends PolicyName>(name: Name, chat: PolicySubject | null) =>
      // The name's own schema has just read it.
      resolve(name, chainOf(chat), isInGroup(name, chat)).value as PolicyValue<Name>,
    ownWords: <Name extends PolicyName>(name: Name, chat: PolicySubject) =>
      chainOf(chat).flatMap((scope) => {
        const { from, value } = resolve(name, [scope]);
        if (from === "initial") return [];
        return [{ from: from === "environment" ? "global" : from, value: value as PolicyValue<Name> }];
      }),
    isSetAnywhere: (name) =>
      deps.environment[name] !== undefined || [...rows.values()].some((row) => row.name === name),
    list: (scope) => {
      const scopes = subjectOf(scope);
      return POLICY_NAMES.map((name) => resolve(name, scopes, isGroup(scope.chatId)));
    },
    set: (scope, name, value, actor, expectedUpdatedAt) => {
      const key = keyOf(scope);
      const present = resolve(name, subjectOf(scope), isGroup(scope.chatId));
      if (expectedUpdatedAt !== undefined && present.updatedAt !== expectedUpdatedAt) {
        throw new DomainError("policy_changed", `${name} was changed in the meantime`);
      }
      if (key === "global" && deps.environment[name] !== undefined) {
        throw new DomainError("conflict", `${name} is set in the server's environment; change it there`);
      }
      if (value === undefined) {
        db.delete(policies)
          .where(and(eq(policies.scope, key), eq(policies.name, name)))
          .run();
        rows.delete(nameOf(key, name));
      } else {
        const parsed = POLICIES[name].schema.safeParse(value);
        if (!parsed.success) {
          const problem = parsed.error.issues[0]?.message ?? "is not valid";
          throw new DomainError("validation_failed", `${name}: ${problem}`);
        }
        const refusal = deps.veto(name, parsed.data);
        if (refusal !== null) throw new DomainError("conflict", refusal);
        const values = { value: JSON.stringify(parsed.data), updatedAt: deps.clock.now(), updatedBy: actor };
        const row: Row = { scope: key, name, ...values };
        db.insert(policies)
          .values(row)
          .onConflictDoUpdate({ target: [policies.scope, policies.name], set: values })
          .run();
        rows.set(nameOf(key, name), row);
      }
      deps.settings.audit(actor, value === undefined ? "policy_cleared" : "policy_set", key, name);
      deps.hub.publish("policy_changed", { scope: key, name });
      return resolve(name, subjectOf(scope), isGroup(scope.chatId));
    },
  };
};

const ASKING_LESS: ReadonlySet<PolicyName> = new Set(["permissionMode", "allowRules", "bashNetwork"]);

/** Whether it lets the agent do more without a question than it may by default. */
const asksLess = (name: PolicyName, value: unknown): boolean => {
  if (name === "permissionMode") return value === "acceptEdits" || value === "bypassPermissions";
  return ASKING_LESS.has(name) && Array.isArray(value) && value.length > 0;
};
