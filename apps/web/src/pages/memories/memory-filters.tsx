import { usePlaces } from "../../api/places.ts";
import type { MemoryParams } from "../../app/router.tsx";
import { useSay } from "../../texts/texts.tsx";
import { classes } from "../../ui/classes.ts";
import { PlaceOptions } from "../../ui/place-options.tsx";
import { SearchField } from "../../ui/search-field.tsx";
import { Segments } from "../../ui/segments.tsx";
import { Select } from "../../ui/select.tsx";
import { useTypedWords } from "../../ui/use-typed-words.ts";
import { CategoryInput } from "./category-input.tsx";
import { EVERYBODY, readScope } from "./memory-scope.ts";

type Change = (next: Partial<MemoryParams>) => void;

/** What is shown, and of that which part. */
export const MemoryFilters = ({ params, change }: { params: MemoryParams; change: Change }) => {
  const say = useSay();
  const places = usePlaces();
  const isList = params.view === undefined;
  const chosen = readScope(params.scope);
  return (
    <div className="grid gap-3">
      <Segments
        label={say("memory.view")}
        value={params.view}
        choose={(view) => change({ view })}
        choices={[
          [undefined, say("memory.view_list")],
          ["proposed", say("memory.view_proposed")],
          ["changes", say("memory.view_changes")],
        ]}
      />
      <div className="grid grid-cols-2 items-center gap-2 sm:flex sm:flex-wrap">
        {isList && (
          <SearchField
            className="col-span-2 sm:grow"
            label={say("memory.search")}
            asked={params.q ?? ""}
            ask={(q) => change({ q: q || undefined })}
          />
        )}
        <Select
          aria-label={say("memory.scope")}
          className={classes("w-full sm:w-52", !isList && "col-span-2")}
          value={params.scope ?? ""}
          choose={(scope) => change({ scope: scope || undefined })}
        >
          <option value="">{say("memory.scope_all")}</option>
          <option value={EVERYBODY}>{say("place.shared")}</option>
          <PlaceOptions places={places} chosen={chosen?.botId ? chosen : null} />
        </Select>
        {params.view !== "changes" && (
          <CategoryFilter category={params.category} choose={(category) => change({ category })} />
        )}
        {isList && <Checks params={params} change={change} />}
      </div>
    </div>
  );
};

const CategoryFilter = ({
  category,
  choose,
}: {
  category: string | undefined;
  choose: (category: string | undefined) => void;
}) => {
  const say = useSay();
  const { words, setWords, setComposing } = useTypedWords(category ?? "", (next) =>
    choose(next || undefined),
  );
  return (
    <span className="min-w-0 sm:w-40">
      <CategoryInput
        aria-label={say("memory.category")}
        placeholder={say("memory.category_all")}
        value={words}
        onCompositionStart={() => setComposing(true)}
        onCompositionEnd={() => setComposing(false)}
        onChange={(event) => setWords(event.target.value)}
      />
    </span>
  );
};

const Checks = ({ params, change }: { params: MemoryParams; change: Change }) => {
  const say = useSay();
  return (
    <>
      <Check
        label={say("memory.only_pinned")}
        checked={params.pinned === true}
        set={(is) => change({ pinned: is || undefined })}
      />
      {!params.q && (
        <Check
          label={say("memory.with_expired")}
          checked={params.expired === true}
          set={(is) => change({ expired: is || undefined })}
        />
      )}
    </>
  );
};

const Check = ({ label, checked, set }: { label: string; checked: boolean; set: (is: boolean) => void }) => (
  <label className="flex min-h-9 cursor-pointer items-center gap-2 px-1 text-sm text-soft">
    <input
      type="checkbox"
      className="size-4 accent-accent"
      checked={checked}
      onChange={({ target }) => set(target.checked)}
    />
    {label}
  </label>
);
