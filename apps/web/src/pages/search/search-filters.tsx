import { SlidersHorizontal } from "lucide-react";
import { useId, useState } from "react";
import { usePlaces } from "../../api/places.ts";
import type { SearchParams } from "../../app/router.tsx";
import { type TextKey, useSay } from "../../texts/texts.tsx";
import { Button } from "../../ui/button.tsx";
import { classes } from "../../ui/classes.ts";
import { Labelled } from "../../ui/labelled.tsx";
import { PlaceOptions } from "../../ui/place-options.tsx";
import { Segments } from "../../ui/segments.tsx";
import { Select } from "../../ui/select.tsx";
import { DayInput } from "./day-input.tsx";

const SMALL = "gap-1 text-xs font-medium text-soft";

type Change = (next: Partial<SearchParams>) => void;

const SOURCES = ["telegram", "web", "cli", "gateway", "cron", "background", "mcp"] as const;
const sourceText = (source: string): TextKey | null => {
  const known = SOURCES.find((each) => each === source);
  return known ? `search.source_${known}` : null;
};

export const NO_FILTERS: Partial<SearchParams> = {
  ...{ in: undefined, bot: undefined, chat: undefined },
  ...{ role: undefined, source: undefined, from: undefined, to: undefined },
};
export const countFilters = ({ q: _q, in: _in, chat: _chat, ...narrow }: SearchParams): number =>
  Object.values(narrow).filter((value) => value !== undefined).length;

/** What the search is narrowed to. On a phone they stand behind a button. */
export const SearchFilters = ({ params, change }: { params: SearchParams; change: Change }) => {
  const say = useSay();
  const id = useId();
  const count = countFilters(params);
  const [isOpen, setOpen] = useState(count > 0);
  return (
    <div className="grid gap-3">
      <div className="flex flex-wrap items-center justify-between gap-2">
        <Segments
          label={say("search.in")}
          value={params.in}
          choose={(next) => change({ in: next })}
          choices={[
            [undefined, say("search.in_all")],
            ["messages", say("search.in_messages")],
            ["memories", say("search.in_memories")],
          ]}
        />
        <Button
          look="quiet"
          aria-expanded={isOpen}
          aria-controls={id}
          onClick={() => setOpen(!isOpen)}
          className={count > 0 ? "text-accent-ink" : undefined}
        >
          <SlidersHorizontal className="size-4" aria-hidden />
          {count > 0 ? say("search.filters_count", { count }) : say("search.filters")}
        </Button>
      </div>
      <div
        id={id}
        className={classes(
          "grid-cols-2 gap-3 rounded-xl border border-line bg-surface p-3 sm:grid-cols-3 lg:grid-cols-5",
          isOpen ? "grid" : "hidden",
        )}
      >
        <Where params={params} change={change} />
        {params.in !== "memories" && <OfMessages params={params} change={change} />}
        {count > 0 && (
          <div className="col-span-full">
            <Button size="small" onClick={() => change({ ...NO_FILTERS, in: params.in })}>
              {say("search.filters_clear")}
            </Button>
          </div>
        )}
      </div>
    </div>
  );
};

const Where = ({ params: { bot, chat }, change }: { params: SearchParams; change: Change }) => {
  const say = useSay();
  const places = usePlaces();
  return (
    <Labelled label={say("search.where")} className={classes(SMALL, "max-sm:col-span-2")}>
      <Select
        className="w-full"
        value={[bot, chat].filter(Boolean).join("/")}
        choose={(place) => {
          const [nextBot, nextChat] = place.split("/");
          change({ bot: nextBot || undefined, chat: nextChat || undefined });
        }}
      >
        <option value="">{say("search.where_all")}</option>
        <PlaceOptions places={places} chosen={bot === undefined ? null : { botId: bot, chatId: chat }} />
      </Select>
    </Labelled>
  );
};

const OfMessages = ({ params, change }: { params: SearchParams; change: Change }) => {
  const say = useSay();
  const { source } = params;
  const isOwn = source !== undefined && sourceText(source) === null;
  return (
    <>
      <Labelled label={say("search.role")} className={SMALL}>
        <Select
          className="w-full"
          value={params.role ?? ""}
          options={[
            { value: "", text: say("search.role_all") },
            { value: "user", text: say("search.role_user") },
            { value: "assistant", text: say("search.role_assistant") },
          ]}
          choose={(role) => change({ role: role || undefined })}
        />
      </Labelled>
      <Labelled label={say("search.source")} className={SMALL}>
        <Select
          className="w-full"
          value={source ?? ""}
          options={[
            { value: "", text: say("search.source_all") },
            ...SOURCES.map((value) => ({ value, text: say(`search.source_${value}`) })),
            ...(isOwn ? [{ value: source, text: source }] : []),
          ]}
          choose={(next) => change({ source: next || undefined })}
        />
      </Labelled>
      <Labelled label={say("search.from")} className={SMALL}>
        <DayInput day={params.from} choose={(from) => change({ from })} />
      </Labelled>
      <Labelled label={say("search.to")} className={SMALL}>
        <DayInput day={params.to} choose={(to) => change({ to })} />
      </Labelled>
    </>
  );
};
