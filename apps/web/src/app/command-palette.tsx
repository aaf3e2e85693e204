import { Dialog } from "@base-ui/react/dialog";
import { useNavigate } from "@tanstack/react-router";
import { CornerDownLeft, type LucideIcon, MessageSquare, Search } from "lucide-react";
import { type KeyboardEvent, useId, useState } from "react";
import { chatName } from "../api/chat-names.ts";
import { useHistorySessions } from "../api/history.ts";
import { useSay } from "../texts/texts.tsx";
import { classes } from "../ui/classes.ts";
import { isComposing } from "../ui/is-composing.ts";
import { PAGES } from "./pages.ts";

interface Entry {
  id: string;
  label: string;
  hint: string;
  icon: LucideIcon;
  run: () => void;
}

const MOST = 12;

/** Goes anywhere by a few letters: pages, chats, or a search for what was typed. */
const CommandPalette = ({ close }: { close: () => void }) => (
  <Dialog.Root open onOpenChange={(next) => !next && close()}>
    <Dialog.Portal>
      <Dialog.Backdrop className="fixed inset-0 z-40 bg-black/45" />
      <Dialog.Popup className="fixed inset-x-3 top-[10dvh] z-50 mx-auto max-w-xl overflow-hidden rounded-2xl border border-line bg-raised shadow-2xl">
        <Palette close={close} />
      </Dialog.Popup>
    </Dialog.Portal>
  </Dialog.Root>
);
export default CommandPalette;

const Palette = ({ close }: { close: () => void }) => {
  const say = useSay();
  const list = useId();
  const [words, setWords] = useState("");
  const [chosen, setChosen] = useState(0);
  const entries = useEntries(words, close);
  const active = entries[Math.min(chosen, entries.length - 1)];

  const press = (event: KeyboardEvent): void => {
    const step = event.key === "ArrowDown" ? 1 : event.key === "ArrowUp" ? -1 : 0;
    if (step !== 0) {
      event.preventDefault();
      setChosen((before) => (before + step + entries.length) % Math.max(1, entries.length));
    } else if (event.key === "Enter" && !isComposing(event)) {
      event.preventDefault();
      active?.run();
    }
  };
  return (
    <>
      <Dialog.Title className="sr-only">{say("shell.palette")}</Dialog.Title>
      <div className="flex items-center gap-3 border-b border-line px-4">
        <Search className="size-4 shrink-0 text-faint" aria-hidden />
        <input
          role="combobox"
          aria-expanded
          aria-controls={list}
          aria-activedescendant={active && `${list}-${active.id}`}
          aria-label={say("shell.palette_hint")}
          placeholder={say("shell.palette_hint")}
          value={words}
          onKeyDown={press}
          onChange={(event) => {
            setWords(event.target.value);
            setChosen(0);
          }}
          className="h-12 w-full bg-transparent text-[15px] outline-none placeholder:text-faint"
        />
      </div>
      <div
        id={list}
        role="listbox"
        aria-label={say("shell.palette")}
        className="max-h-[50dvh] overflow-y-auto p-1.5"
      >
        {entries.length === 0 && (
          <p className="p-4 text-center text-sm text-soft">{say("shell.palette_empty")}</p>
        )}
        {entries.map((entry) => (
          // biome-ignore lint/a11y/useKeyWithClickEvents: the field above takes the keys for the whole list
          <div
            key={entry.id}
            id={`${list}-${entry.id}`}
            role="option"
            tabIndex={-1}
            aria-selected={entry === active}
            onClick={entry.run}
            className={classes(
              "flex min-h-10 cursor-pointer items-center gap-3 rounded-lg px-3 text-sm",
              entry === active ? "bg-hover" : "hover:bg-hover",
            )}
          >
            <entry.icon className="size-4 shrink-0 text-faint" aria-hidden />
            <span className="min-w-0 grow truncate">{entry.label}</span>
            <span className="max-w-40 truncate text-xs text-faint">{entry.hint}</span>
            {entry === active && <CornerDownLeft className="size-3.5 text-faint" aria-hidden />}
          </div>
        ))}
      </div>
    </>
  );
};

const useEntries = (words: string, close: () => void): Entry[] => {
  const say = useSay();
  const navigate = useNavigate();
  const sessions = useHistorySessions();
  const go = (run: () => unknown) => () => {
    close();
    void run();
  };
  const pages = PAGES.map(
    (page): Entry => ({
      id: `page-${page.path.slice(1)}`,
      label: say(page.text),
      hint: "",
      icon: page.icon,
      run: go(() => navigate({ to: page.path })),
    }),
  );
  const chats = (sessions.data ?? []).map(
    (session, index): Entry => ({
      id: `chat-${index}`,
      label: chatName(session),
      hint: session.last.text,
      icon: MessageSquare,
      run: go(() =>
        navigate({
          to: "/chats/$botId/$sessionId",
          params: { botId: session.botId, sessionId: session.sessionId },
        }),
      ),
    }),
  );
  const wanted = words.trim().toLowerCase();
  const fits = ({ label }: Entry): boolean => label.toLowerCase().includes(wanted);
  const found = [...pages, ...chats].filter(fits).slice(0, MOST);
  if (wanted === "") return found;
  const search: Entry = {
    id: "search",
    label: say("shell.palette_search", { words: words.trim() }),
    hint: "",
    icon: Search,
    run: go(() => navigate({ to: "/search", search: { q: words.trim() } })),
  };
  return [...found, search];
};
