import type { SearchAnswerBody } from "@steward/contract/search";
import { CaseSensitive, Sparkles, TriangleAlert } from "lucide-react";
import type { ReactNode } from "react";
import { useSearchStatus } from "../../api/search-status.ts";
import { useLanguage, useSay } from "../../texts/texts.tsx";
import { WithCode } from "../../ui/with-code.tsx";

type Mode = Pick<SearchAnswerBody, "mode" | "degraded">;

/** How it was searched; and when that was less than it could be why, and what to do. */
export const ModeNotice = ({
  answer: { mode, degraded },
  children,
}: {
  answer: Mode;
  children?: ReactNode;
}) => {
  const say = useSay();
  const Icon = mode === "semantic" ? Sparkles : CaseSensitive;
  return (
    <div className="grid gap-1.5 text-xs text-soft">
      <p className="flex flex-wrap items-center gap-x-2 gap-y-1">
        <Icon className="size-4 shrink-0" aria-hidden />
        <span className="font-medium text-ink">{say(`search.mode_${mode}`)}</span>
        {children}
      </p>
      {degraded.map((reason) => (
        <p key={reason} className="flex gap-2">
          {reason !== "no_embedder" && (
            <TriangleAlert className="mt-px size-4 shrink-0 text-warn" aria-hidden />
          )}
          <span className="min-w-0">
            {reason === "embedding_pending" ? (
              <Pending />
            ) : (
              <WithCode text={say(`search.degraded_${reason}`)} />
            )}
          </span>
        </p>
      ))}
    </div>
  );
};

const Pending = () => {
  const say = useSay();
  const { language } = useLanguage();
  const { data } = useSearchStatus();
  const count = (value: number): string => new Intl.NumberFormat(language).format(value);
  const progress = data?.active;
  return progress && progress.done < progress.total
    ? say("search.degraded_embedding_progress", {
        done: count(progress.done),
        total: count(progress.total),
      })
    : say("search.degraded_embedding_pending");
};
