import { Meter } from "@base-ui/react/meter";
import { type ModelProgress, reindexSearch } from "@steward/contract/search-status";
import { useQueryClient } from "@tanstack/react-query";
import { api } from "../../../api/client.ts";
import { queryKey } from "../../../api/keys.ts";
import { useSearchStatus } from "../../../api/search-status.ts";
import { useAction } from "../../../api/use-action.ts";
import { useLanguage, useSay } from "../../../texts/texts.tsx";
import { Card } from "../../../ui/card.tsx";
import { ConfirmButton } from "../../../ui/confirm.tsx";
import { Loaded } from "../../../ui/loaded.tsx";
import { Notice } from "../../../ui/notice.tsx";
import { useToasts } from "../../../ui/toasts.tsx";

/** What searches go by, how far it has come, and what keeps it. */
export const EmbedderCard = () => {
  const say = useSay();
  const toasts = useToasts();
  const queries = useQueryClient();
  const status = useSearchStatus();
  const reindex = useAction(
    () => api.call(reindexSearch),
    (next) => {
      queries.setQueryData(queryKey("search", "status"), next);
      toasts.tell(say("settings.reindex_begun"));
    },
  );
  return (
    <Card
      title={say("settings.embedder")}
      aside={
        status.data?.embedder && (
          <ConfirmButton
            size="small"
            question={say("settings.reindex_question")}
            consequence={say("settings.reindex_consequence")}
            action={say("settings.reindex")}
            disabled={reindex.isPending}
            onConfirm={() => reindex.mutate(undefined)}
          >
            {say("settings.reindex")}
          </ConfirmButton>
        )
      }
    >
      <Loaded query={status}>
        {({ choice, embedder, problem, vectorsProblem, active, coming }) => (
          <div className="grid gap-3 text-sm">
            <p>{say(embedder === null ? `settings.embedder_none_${choice}` : "settings.embedder_some")}</p>
            {vectorsProblem !== null && <Notice>{vectorsProblem}</Notice>}
            {problem !== null && (
              <Notice>
                {say(`embedding_problem.${problem.code}`)}{" "}
                <span className="opacity-80">{problem.message}</span>
              </Notice>
            )}
            {active !== null && <Progress label={say("settings.embedder_active")} progress={active} />}
            {coming !== null && <Progress label={say("settings.embedder_coming")} progress={coming} />}
          </div>
        )}
      </Loaded>
    </Card>
  );
};

const Progress = ({ label, progress }: { label: string; progress: ModelProgress }) => {
  const say = useSay();
  const { language } = useLanguage();
  const { model, done, total, problem, failing } = progress;
  const count = (value: number): string => value.toLocaleString(language);
  return (
    <div className="grid gap-1.5">
      <p className="flex flex-wrap justify-between gap-x-3 text-xs text-soft">
        <span>
          {label}: <span className="font-medium text-ink">{model}</span>
        </span>
        <span className="tabular-nums">
          {count(done)} / {count(total)}
        </span>
      </p>
      <Meter.Root
        value={total === 0 ? 100 : Math.min(100, (100 * done) / total)}
        aria-label={`${label}: ${model}`}
      >
        <Meter.Track className="h-2 overflow-hidden rounded-full bg-hover">
          <Meter.Indicator className="h-full rounded-full bg-accent" />
        </Meter.Track>
      </Meter.Root>
      {problem !== null && (
        <Notice>
          {say(`embedding_problem.${problem.code}`)} <span className="opacity-80">{problem.message}</span>
        </Notice>
      )}
      {failing.count > 0 && (
        <p className="text-xs text-soft">{say("settings.embedder_failing", { count: failing.count })}</p>
      )}
    </div>
  );
};
