import { createContext, lazy, type ReactNode, Suspense, useContext, useMemo, useState } from "react";

/** Short words at the edge of the page. */
export interface Toasts {
  /** With an action (undo) they stay longer. */
  tell(title: string, action?: { label: string; run: () => void }): void;
  fail(title: string): void;
}

export interface ToastWords {
  id: number;
  title: string;
  failed: boolean;
  action?: { label: string; run: () => void } | undefined;
}

const ToastsContext = createContext<Toasts | null>(null);
/** What shows them is loaded with the first one: most visits have none. */
const Toaster = lazy(() => import("./toaster.tsx"));

export const ToastProvider = ({ children }: { children: ReactNode }) => {
  const [words, setWords] = useState<readonly ToastWords[]>([]);
  const toasts = useMemo((): Toasts => {
    const add = (each: Omit<ToastWords, "id">) =>
      setWords((before) => [...before, { ...each, id: (before.at(-1)?.id ?? 0) + 1 }]);
    return {
      tell: (title, action) => add({ title, failed: false, action }),
      fail: (title) => add({ title, failed: true }),
    };
  }, []);
  return (
    <ToastsContext.Provider value={toasts}>
      {children}
      {words.length > 0 && (
        <Suspense>
          <Toaster words={words} />
        </Suspense>
      )}
    </ToastsContext.Provider>
  );
};

export const useToasts = (): Toasts => {
  const toasts = useContext(ToastsContext);
  if (!toasts) throw new Error("outside the toast provider");
  return toasts;
};
