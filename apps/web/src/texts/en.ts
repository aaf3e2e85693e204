import { homeEn } from "./home-en.ts";
import { shellEn } from "./shell-en.ts";

/** Everything that the pages say, a file for each part. */
export const en = { ...shellEn, ...homeEn };
export type Texts = Record<keyof typeof en, string>;
