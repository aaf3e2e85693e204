import { approvalEn } from "./approval-en.ts";
import { chatEn } from "./chat-en.ts";
import { homeEn } from "./home-en.ts";
import { memoriesEn } from "./memories-en.ts";
import { policiesEn } from "./policies-en.ts";
import { searchEn } from "./search-en.ts";
import { settingsEn } from "./settings-en.ts";
import { shellEn } from "./shell-en.ts";
import { usageEn } from "./usage-en.ts";

/** Everything that the pages say, a file for each part. */
export const en = {
  ...shellEn,
  ...homeEn,
  ...chatEn,
  ...approvalEn,
  ...searchEn,
  ...memoriesEn,
  ...settingsEn,
  ...usageEn,
  ...policiesEn,
};
export type Texts = Record<keyof typeof en, string>;
