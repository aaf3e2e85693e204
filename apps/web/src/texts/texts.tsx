import { createContext, type ReactNode, useContext, useMemo } from "react";
import type { Texts } from "./en.ts";
import type { Language } from "./language.ts";

interface Spoken {
  language: Language;
  texts: Texts;
  choose(language: Language): void;
}

const SpokenContext = createContext<Spoken | null>(null);

export const TextsProvider = ({ value, children }: { value: Spoken; children: ReactNode }) => (
  <SpokenContext.Provider value={value}>{children}</SpokenContext.Provider>
);

export const useLanguage = (): Spoken => {
  const spoken = useContext(SpokenContext);
  if (!spoken) throw new Error("no language is set");
  return spoken;
};

export type TextKey = keyof Texts;
export type Say = (key: TextKey, params?: Readonly<Record<string, string | number>>) => string;

/** Says a text of the catalogue in the reader's language, `{name}` filled in, `{name|one|many}` by what `name` counts. */
export const useSay = (): Say => {
  const { texts } = useLanguage();
  return useMemo(() => sayFrom(texts), [texts]);
};

const sayFrom =
  (texts: Texts): Say =>
  (key, params = {}) =>
    texts[key].replace(
      /\{(\w+)(?:\|([^|}]*)\|([^|}]*))?\}/g,
      (_, name: string, one?: string, many?: string) =>
        one === undefined ? String(params[name] ?? "") : Number(params[name]) === 1 ? one : String(many),
    );
