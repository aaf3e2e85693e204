import { Search, X } from "lucide-react";
import type { RefObject } from "react";
import { useSay } from "../../texts/texts.tsx";
import { IconButton } from "../../ui/button.tsx";
import { useTypedWords } from "./use-typed-words.ts";

export const SearchField = ({
  field,
  asked,
  ask,
}: {
  field: RefObject<HTMLInputElement | null>;
  asked: string;
  ask: (words: string) => void;
}) => {
  const say = useSay();
  const { words, setWords, setComposing, askNow } = useTypedWords(asked, ask);
  return (
    <search className="relative block">
      <Search
        className="pointer-events-none absolute top-1/2 left-3.5 size-[18px] -translate-y-1/2 text-faint"
        aria-hidden
      />
      <input
        ref={field}
        type="text"
        inputMode="search"
        enterKeyHint="search"
        autoComplete="off"
        spellCheck={false}
        dir="auto"
        aria-label={say("search.field")}
        placeholder={say("search.field")}
        value={words}
        onChange={(event) => setWords(event.target.value)}
        onCompositionStart={() => setComposing(true)}
        onCompositionEnd={() => setComposing(false)}
        onKeyDown={(event) => {
          if (event.key === "Enter" && !event.nativeEvent.isComposing) askNow();
        }}
        className="h-12 w-full rounded-xl border border-strong-line bg-surface pr-12 pl-11 text-base placeholder:text-faint"
      />
      {words !== "" && (
        <span className="absolute top-1.5 right-1.5">
          <IconButton
            label={say("search.clear")}
            onClick={() => {
              setWords("");
              field.current?.focus();
            }}
          >
            <X className="size-4" aria-hidden />
          </IconButton>
        </span>
      )}
    </search>
  );
};
