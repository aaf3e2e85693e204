import { useLanguage, useSay } from "../texts/texts.tsx";
import { formatDuration, useNow } from "../ui/times.tsx";

/** How long there is to answer. */
export const Expires = ({ at }: { at: number }) => {
  const say = useSay();
  const { language } = useLanguage();
  const left = at - useNow(1_000);
  return (
    <span className="tabular-nums">
      {left > 0 ? say("approval.expires", { time: formatDuration(left, language) }) : say("approval.expired")}
    </span>
  );
};
