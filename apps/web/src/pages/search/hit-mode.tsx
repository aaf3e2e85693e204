import type { SearchAnswerBody } from "@steward/contract/search";
import { useLanguage, useSay } from "../../texts/texts.tsx";
import { Badge } from "../../ui/badge.tsx";

/** By what one hit was found, and how near its meaning is, where that was measured. */
export const HitMode = ({
  hit: { mode, distance },
}: {
  hit: Pick<SearchAnswerBody["memories"][number], "mode" | "distance">;
}) => {
  const say = useSay();
  const { language } = useLanguage();
  if (distance === null) {
    return (
      <span title={say("search.hit_lexical_help")}>
        <Badge>{say("search.hit_lexical")}</Badge>
      </span>
    );
  }
  // Cosine distance is 0 for the same meaning.
  const score = new Intl.NumberFormat(language, {
    minimumFractionDigits: 2,
    maximumFractionDigits: 2,
  }).format(1 - distance);
  return (
    <span title={say(mode === "semantic" ? "search.hit_semantic_help" : "search.hit_both_help")}>
      <Badge tone={mode === "semantic" ? "accent" : "neutral"}>
        {say(mode === "semantic" ? "search.hit_semantic" : "search.hit_both", { score })}
      </Badge>
    </span>
  );
};
