import { useLanguage, useSay } from "../../texts/texts.tsx";
import { Badge } from "../../ui/badge.tsx";
import { useNow } from "../../ui/times.tsx";

/** Until when it is recalled, where that is limited. */
export const Expiry = ({ at }: { at: number | null }) => {
  const say = useSay();
  const { language } = useLanguage();
  const now = useNow(60_000);
  if (at === null) return null;
  const date = new Date(at).toLocaleDateString(language, { dateStyle: "medium" });
  return (
    <Badge tone={at <= now ? "warn" : "neutral"}>
      {say(at <= now ? "memory.expired" : "memory.until", { date })}
    </Badge>
  );
};
