import { translate } from "@steward/contract/messages";
import type { ModelList } from "@steward/contract/models";
import { POLICIES } from "@steward/contract/policies";
import { formatCallbackData } from "../callbacks/callback-data.ts";
import type { Keyboard } from "../outbound/keyboard.ts";
import { type Messenger, plainText } from "../outbound/messenger.ts";
import type { Steward } from "../steward/steward.ts";
import type { Asker, Command, CommandRequest } from "./command.ts";

interface ModelCommandDeps {
  steward: Pick<Steward, "models" | "chatModel" | "chooseModel">;
  messenger: Pick<Messenger, "say">;
}

/** What goes back to the account's own model. */
const DEFAULT = "default";
const BUTTONS_PER_ROW = 2;
/** Telegram's limit for a button's data. */
const MAX_DATA_BYTES = 64;

/** `/model`: which model answers here, with a button for each there is. `/model NAME` chooses one. */
export function createModelCommand({ steward, messenger }: ModelCommandDeps): Command {
  const choose = createModelChooser({ steward, messenger });
  return async ({ address, language, userId, args }) => {
    if (args === DEFAULT) return await choose({ address, language, userId }, null);
    if (args !== "") {
      if (POLICIES.model.schema.safeParse(args).success)
        return await choose({ address, language, userId }, args);
      const refusal = translate(language, "bot.model.bad_name", { model: args.slice(0, 60) });
      await messenger.say(address, plainText(refusal));
      return;
    }
    const [{ models }, { model, from }] = await Promise.all([steward.models(), steward.chatModel(address)]);
    const origin = translate(language, `bot.model.from.${from}`);
    const now =
      model === null
        ? translate(language, "bot.model.default", { from: origin })
        : translate(language, "bot.model.chosen", { model, from: origin });
    const text = `${now}\n${translate(language, "bot.model.hint")}`;
    await messenger.say(address, plainText(text), { keyboard: modelKeyboard(models, language) });
  };
}

/** Sets a chat's model and says so there. */
export const createModelChooser =
  ({ steward, messenger }: Pick<ModelCommandDeps, "messenger"> & { steward: Pick<Steward, "chooseModel"> }) =>
  async ({ address, language, userId }: Asker, model: string | null): Promise<void> => {
    await steward.chooseModel(address, model, userId);
    const text =
      model === null
        ? translate(language, "bot.model.set_default")
        : translate(language, "bot.model.set", { model });
    await messenger.say(address, plainText(text));
  };

function modelKeyboard(models: ModelList["models"], language: CommandRequest["language"]): Keyboard {
  const buttons = models
    .map(({ name, title }) =>
      name === DEFAULT
        ? { model: null, text: translate(language, "bot.model.button_default") }
        : { model: name, text: title },
    )
    .map(({ model, text }) => ({ text, callback_data: formatCallbackData({ kind: "model", model }) }))
    .filter(({ callback_data: data }) => Buffer.byteLength(data) <= MAX_DATA_BYTES);
  const rows = [];
  for (let at = 0; at < buttons.length; at += BUTTONS_PER_ROW) {
    rows.push(buttons.slice(at, at + BUTTONS_PER_ROW));
  }
  return { inline_keyboard: rows };
}
