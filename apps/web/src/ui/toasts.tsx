import { X } from "lucide-react";
import {
  createContext,
  lazy,
  type ReactNode,
  Suspense,
  useContext,
  useEffect,
  useMemo,
  useState,
} from "react";
import { useSay } from "../texts/texts.tsx";
import { IconButton } from "./button.tsx";

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

const SHORT_MS = 5_000;
const LONG_MS = 12_000;

/** A failure and a way back are read with more care. */
export const lifeTimeMs = ({ failed, action }: ToastWords): number => (failed || action ? LONG_MS : SHORT_MS);

const ToastsContext = createContext<Toasts | null>(null);
/** What shows them is loaded with the first one: most visits have none. */
const Toaster = lazy(() => import("./toaster.tsx").catch(() => ({ default: PlainToaster })));
/** Soon after the start all the same: the first one may say that nobody answers. */
const FETCH_AFTER_MS = 2_000;
const fetchToaster = (): void => void import("./toaster.tsx").catch(() => undefined);

/** Without anything that would have to be loaded: for the moment in which nobody answers. */
const PlainToaster = ({ words }: { words: readonly ToastWords[] }) => {
  const say = useSay();
  const [closed, setClosed] = useState(0);
  const last = words.at(-1);
  useEffect(() => {
    if (!last) return;
    const over = setTimeout(() => setClosed(last.id), lifeTimeMs(last));
    return () => clearTimeout(over);
  }, [last]);
  if (!last || last.id <= closed) return null;
  return (
    <div
      role="alert"
      className="fixed inset-x-3 bottom-20 z-50 mx-auto flex max-w-md items-center gap-3 rounded-xl border border-bad bg-raised px-4 py-3 text-sm shadow-xl"
    >
      <p className="min-w-0 grow break-words">{last.title}</p>
      <IconButton label={say("ui.close")} onClick={() => setClosed(last.id)}>
        <X className="size-4" aria-hidden />
      </IconButton>
    </div>
  );
};

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
  useEffect(() => {
    const soon = setTimeout(fetchToaster, FETCH_AFTER_MS);
    return () => clearTimeout(soon);
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
