/** A key is short: this much of a text names it. */
const KEY_WORDS = 7;
const KEY_UNITS = 48;
/** What stands before a colon names what follows only when it is a name: short, and no beginning of a sentence. */
const LONGEST_NAME = 60;
const NAME_WORDS = 6;

/**
 * `key: text` taken apart; null when it is no such thing: an address (`http://…`) and a time (`at 10:30`) are not.
 */
export const splitKey = (text: string): { key: string; content: string } | null => {
  const [, key = "", content = ""] = /^([^\n:：]+)(?:[:：]\s+|：)(\S[\s\S]*)$/u.exec(text.trim()) ?? [];
  const name = key.trim();
  if (name === "" || name.length > LONGEST_NAME || name.split(/\s+/).length > NAME_WORDS) return null;
  return { key: name, content: content.trim() };
};

/** The first words of a text: what it is called when nobody has said so. */
export const keyOf = (text: string): string => {
  const line = text.trim().split("\n", 1)[0] ?? "";
  const words = line.split(/\s+/).slice(0, KEY_WORDS).join(" ");
  const name = words.length <= KEY_UNITS ? words : cut(words);
  return name.replace(/[\s,.;:!?，。；：！？、]+$/u, "") || cut(words);
};

/** At a word's end where there is one, and never within a character. */
const cut = (text: string): string => {
  const begun = [...new Intl.Segmenter().segment(text)]
    .map(({ segment, index }) => ({ segment, end: index + segment.length }))
    .filter(({ end }) => end <= KEY_UNITS)
    .map(({ segment }) => segment)
    .join("");
  const lastSpace = begun.lastIndexOf(" ");
  return lastSpace > KEY_UNITS / 2 ? begun.slice(0, lastSpace) : begun;
};

/** The same without what stands before a name: "my birthday" names the birthday. */
export const bareName = (text: string): string => folded(text).replace(/^(?:the|my|our|that) (?=\S)/, "");

/** For comparing words of people: without case, accents of typing, punctuation and outer white space. */
export const folded = (text: string): string =>
  text
    .normalize("NFKC")
    .toLowerCase()
    .replace(/[\p{P}\p{S}\s]+/gu, " ")
    .trim();
