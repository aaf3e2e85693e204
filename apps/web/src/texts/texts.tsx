import { createContext, type ReactNode, useContext, useMemo } from "react";
import type { Texts } from "./en.ts";
import type { Language } from "./language.ts";
import { type Say, sayFrom } from "./say.ts";

export type { Say, TextKey } from "./say.ts";

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

/** Says a text of the catalogue in the reader's language. */
export const useSay = (): Say => {
  const { texts } = useLanguage();
  return useMemo(() => sayFrom(texts), [texts]);
};
