import { createContext, type ReactNode, useCallback, useContext, useMemo, useRef, useState } from "react";

/** Says to those who do not see the page what has happened on it. */
interface Announcer {
  say(text: string): void;
  /** One is on a page of this name; the first one is said by the browser. */
  arrive(title: string): void;
}

const AnnouncerContext = createContext<Announcer>({ say: () => undefined, arrive: () => undefined });

export const AnnouncerProvider = ({ children }: { children: ReactNode }) => {
  const [said, setSaid] = useState({ count: 0, text: "" });
  const page = useRef<string | null>(null);
  const say = useCallback((text: string) => setSaid(({ count }) => ({ count: count + 1, text })), []);
  const announcer = useMemo(
    (): Announcer => ({
      say,
      arrive: (title) => {
        if (page.current !== null && page.current !== title) say(title);
        page.current = title;
      },
    }),
    [say],
  );
  return (
    <AnnouncerContext.Provider value={announcer}>
      {children}
      <div role="status" aria-live="polite" className="sr-only">
        {/* The same words once more are said once more. */}
        <span key={said.count}>{said.text}</span>
      </div>
    </AnnouncerContext.Provider>
  );
};

export const useAnnouncer = (): Announcer => useContext(AnnouncerContext);
