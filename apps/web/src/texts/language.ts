import type { Texts } from "./en.ts";

export const LANGUAGES = ["en", "zh"] as const;
export type Language = (typeof LANGUAGES)[number];

const KEY = "steward.language";

export const preferredLanguage = (): Language => {
  const stored = localStorage.getItem(KEY);
  const known = LANGUAGES.find((language) => language === stored);
  if (known) return known;
  return navigator.language.toLowerCase().startsWith("zh") ? "zh" : "en";
};

export const storeLanguage = (language: Language): void => localStorage.setItem(KEY, language);

/** Only the language that is read is loaded. */
export const loadTexts = async (language: Language): Promise<Texts> =>
  language === "zh" ? (await import("./zh.ts")).zh : (await import("./en.ts")).en;
