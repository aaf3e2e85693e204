/** What may follow a mention at the beginning of a sentence: "@bot, …", "@bot: …". */
const AFTER = "[,:，：]?";

/**
 * A message to the bot without the bot's name: `@bot` is how it was called, not what it was asked. Names within other words
 * (mail@bot, @bot_2, t.me/@bot) stay.
 *
 * @param botUsername without the at sign; any case matches
 */
export function stripMention(text: string, botUsername: string): string {
  const name = botUsername.replace(/[^A-Za-z0-9_]/g, "");
  if (name === "") return text;
  const mention = new RegExp(`(^|[^\\w@/.-])@${name}(?![\\w@])${AFTER}[^\\S\\n]*`, "giu");
  const stripped = text.replace(mention, (_, before: string) => before);
  return stripped === text ? text : stripped.trim();
}
