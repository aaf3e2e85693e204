import { escapeHidden } from "@steward/contract/visible-text";
import { z } from "zod";

const addRules = z.looseObject({
  type: z.literal("addRules"),
  behavior: z.literal("allow"),
  rules: z.array(z.object({ toolName: z.string(), ruleContent: z.string().optional() })).min(1),
});
type AddRules = z.infer<typeof addRules>;

/**
 * The one of the CLI's suggestions that "for this session" uses: rules for such calls. The others would change the
 * permission mode (then nothing asks any more) or add directories. Null when it suggests no rules.
 */
export const sessionRule = (suggestions: readonly unknown[]): AddRules | null => {
  for (const suggestion of suggestions) {
    const parsed = addRules.safeParse(suggestion);
    if (parsed.success) return parsed.data;
  }
  return null;
};

/** The rules as people write them: `Bash(mkdir made *), Bash(touch y *)`. */
export const showRule = (suggestion: AddRules): string =>
  escapeHidden(
    suggestion.rules
      .map(({ toolName, ruleContent }) =>
        ruleContent === undefined ? toolName : `${toolName}(${ruleContent})`,
      )
      .join(", "),
  );
