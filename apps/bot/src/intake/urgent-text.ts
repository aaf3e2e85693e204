/** `!` and its full-width form, which Chinese keyboards give. */
const URGENT = /^[!！](?![!！])\s*(?=\S)/u;
const ESCAPED = /^[!！](?=[!！]\s*[^!！\s])/u;

/**
 * What a person wants done at once: `!text` stops what runs and says `text`. `!!text` is how to say `!text`; marks alone
 * are words like any other.
 */
export const readUrgency = (text: string): { text: string; interrupts: boolean } => {
  if (URGENT.test(text)) return { text: text.replace(URGENT, ""), interrupts: true };
  return { text: text.replace(ESCAPED, ""), interrupts: false };
};
