import type { CliModel } from "@steward/claude/cli-driver";
import type { ChatAddress } from "@steward/contract/ids";
import type { ModelChoice, ModelList } from "@steward/contract/models";
import type { Clock } from "@steward/platform/clock";
import type { OpenDatabase } from "@steward/schema/sqlite";
import type { AccessService } from "../access/access-service.ts";
import { type Actor, nameActor } from "../access/actor.ts";
import type { ChatRepository } from "../chats/chat-repository.ts";
import type { PolicyService } from "../policies/policy-service.ts";
import type { SettingsRepository } from "../settings/settings-repository.ts";

export interface ModelService {
  /** What the CLI offered when it was last started; asks it when it never was. Throws CliError. */
  list(): Promise<ModelList>;
  /** Notes what a CLI has just offered. */
  remember(models: readonly CliModel[]): void;
  /** What a chat is set to. A chat that does not exist yet has what its bot has. */
  choice(address: ChatAddress): ModelChoice;
  /**
   * Sets a chat's model, or takes its choice back (null). The chat is made when it is new. Throws owner_only for somebody
   * who is not let in at the chat's bot.
   */
  choose(address: ChatAddress, model: string | null, actor: Actor): ModelChoice;
}

/** Kept over restarts: a list is there before the first process is. */
const SETTING = "cli_models";

export const createModelService = (deps: {
  database: OpenDatabase;
  chats: ChatRepository;
  policies: PolicyService;
  settings: SettingsRepository;
  access: Pick<AccessService, "roleOf">;
  clock: Clock;
  /** Starts a CLI of its own, only to be told. Throws CliError. */
  ask: () => Promise<readonly CliModel[]>;
}): ModelService => {
  const { chats, policies, settings, clock } = deps;
  let asking: Promise<ModelList> | null = null;

  const known = (): ModelList | null => {
    const text = settings.get(SETTING);
    return text === null ? null : (JSON.parse(text) as ModelList);
  };

  const remember = (models: readonly CliModel[]): ModelList => {
    const offered = models.map(({ value, displayName }) => ({ name: value, title: displayName }));
    const before = known();
    // The same list is told with every start: a write for each would be for nothing.
    if (before !== null && JSON.stringify(before.models) === JSON.stringify(offered)) return before;
    const list: ModelList = { models: offered, seenAt: clock.now() };
    settings.set(SETTING, JSON.stringify(list));
    return list;
  };

  const choiceOf = (scope: Partial<ChatAddress>): ModelChoice => {
    const policy = policies.list(scope).find(({ name }) => name === "model");
    return { model: (policy?.value as string | null) ?? null, from: policy?.from ?? "initial" };
  };

  return {
    list: async () => {
      const list = known();
      if (list !== null && list.models.length > 0) return list;
      asking ??= deps
        .ask()
        .then(remember)
        .finally(() => {
          asking = null;
        });
      return await asking;
    },
    remember: (models) => {
      if (models.length > 0) remember(models);
    },
    choice: (address) => choiceOf(chats.find(address) ? address : { botId: address.botId }),
    choose: (address, model, actor) => {
      const by = nameActor(actor, address.botId, deps.access, "chooseModel");
      if (!chats.find(address)) deps.database.write(() => chats.ensure(address, "en", clock.now()));
      policies.set(address, "model", model ?? undefined, by);
      return choiceOf(address);
    },
  };
};
