import { Search, X } from "lucide-react";
import { type RefObject, useRef } from "react";
import { useSay } from "../texts/texts.tsx";
import { IconButton } from "./button.tsx";
import { classes } from "./classes.ts";
import { useTypedWords } from "./use-typed-words.ts";

/** Words to look for. @param asked what stands in the address; `ask` is called when their writer pauses, or presses Enter */
export const SearchField = ({
  label,
  asked,
  ask,
  field: given,
  large = false,
  className,
}: {
  label: string;
  asked: string;
  ask: (words: string) => void;
  field?: RefObject<HTMLInputElement | null>;
  /** The page is about it. */
  large?: boolean;
  className?: string;
}) => {
  const say = useSay();
  const own = useRef<HTMLInputElement>(null);
  const field = given ?? own;
  const { words, setWords, setComposing, askNow } = useTypedWords(asked, ask);
  return (
    <search className={classes("relative block min-w-0", className)}>
      <Search
        className={classes(
          "pointer-events-none absolute top-1/2 -translate-y-1/2 text-faint",
          large ? "left-3.5 size-[18px]" : "left-3 size-4",
        )}
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
        aria-label={label}
        placeholder={label}
        value={words}
        onChange={(event) => setWords(event.target.value)}
        onCompositionStart={() => setComposing(true)}
        onCompositionEnd={() => setComposing(false)}
        onKeyDown={(event) => {
          if (event.key === "Enter" && !event.nativeEvent.isComposing) askNow();
        }}
        className={classes(
          "w-full min-w-0 border border-strong-line bg-surface text-ink placeholder:text-faint",
          large ? "h-12 rounded-xl pr-12 pl-11 text-base" : "h-9 rounded-lg pr-9 pl-9 text-sm",
        )}
      />
      {words !== "" && (
        <span className={classes("absolute", large ? "top-1.5 right-1.5" : "top-0 right-0")}>
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
