import type { Language } from "@steward/schema/enums";
import { en } from "./en.ts";
import { zh } from "./zh.ts";

/** One catalogue for everything Steward itself says, shared by bot, web and command line. */
export type MessageKey = keyof typeof en;

const CATALOGUES: Record<Language, Record<MessageKey, string>> = { en, zh };

/**
 * A sentence in the person's language with `{name}` placeholders filled.
 * A missing parameter leaves its placeholder empty: a sentence with a gap beats a brace in front of a person.
 */
export const translate = (
  language: Language,
  key: MessageKey,
  params: Readonly<Record<string, string | number>> = {},
): string => CATALOGUES[language][key].replace(/\{(\w+)\}/g, (_, name: string) => String(params[name] ?? ""));

/** The sentence for an error code; codes without one of their own are told as an internal error. */
export const translateError = (
  language: Language,
  code: string,
  params: Readonly<Record<string, string | number>> = {},
): string => {
  const key = `error.${code}`;
  return translate(language, key in en ? (key as MessageKey) : "error.internal_error", params);
};

/** Telegram's `language_code` (IETF tag) to a language of the catalogue; English when unknown. */
export const languageOf = (tag: string | undefined): Language =>
  tag?.toLowerCase().startsWith("zh") ? "zh" : "en";
