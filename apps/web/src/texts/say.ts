import type { Texts } from "./en.ts";

export type TextKey = keyof Texts;
export type Say = (key: TextKey, params?: Readonly<Record<string, string | number>>) => string;

/** Says a text of the catalogue, `{name}` filled in, `{name|one|many}` by what `name` counts. */
export const sayFrom =
  (texts: Texts): Say =>
  (key, params = {}) =>
    texts[key].replace(
      /\{(\w+)(?:\|([^|}]*)\|([^|}]*))?\}/g,
      (_, name: string, one?: string, many?: string) =>
        one === undefined ? String(params[name] ?? "") : Number(params[name]) === 1 ? one : String(many),
    );
