import type { Update } from "@grammyjs/types";

export type UpdateType = Exclude<keyof Update, "update_id">;

/** Delivered only to bots that name them in allowed_updates. */
const OPT_IN_TYPES: ReadonlySet<string> = new Set([
  "chat_member",
  "message_reaction",
  "message_reaction_count",
]);

/** Which updates a bot has asked for. `undefined` and `[]` both mean: all but the opt-in ones. */
export class AllowedUpdates {
  #types: readonly string[] | undefined;

  /** As given in getUpdates or setWebhook. `undefined` keeps the previous setting, `[]` returns to the default. */
  remember(types: readonly string[] | undefined): void {
    if (types !== undefined) this.#types = types.length === 0 ? undefined : types;
  }

  accepts(type: UpdateType): boolean {
    return this.#types === undefined ? !OPT_IN_TYPES.has(type) : this.#types.includes(type);
  }

  /** For getWebhookInfo: absent while the default holds. */
  get types(): readonly string[] | undefined {
    return this.#types;
  }
}
