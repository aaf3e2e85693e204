import { approvalZh } from "./approval-zh.ts";
import { chatZh } from "./chat-zh.ts";
import type { Texts } from "./en.ts";
import { homeZh } from "./home-zh.ts";
import { memoriesZh } from "./memories-zh.ts";
import { policiesZh } from "./policies-zh.ts";
import { searchZh } from "./search-zh.ts";
import { settingsZh } from "./settings-zh.ts";
import { shellZh } from "./shell-zh.ts";
import { usageZh } from "./usage-zh.ts";

export const zh: Texts = {
  ...shellZh,
  ...homeZh,
  ...chatZh,
  ...approvalZh,
  ...searchZh,
  ...memoriesZh,
  ...settingsZh,
  ...usageZh,
  ...policiesZh,
};
