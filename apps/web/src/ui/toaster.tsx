import { Toast } from "@base-ui/react/toast";
import { X } from "lucide-react";
import { useEffect, useRef } from "react";
import { useSay } from "../texts/texts.tsx";
import { classes } from "./classes.ts";
import { lifeTimeMs, type ToastWords } from "./toasts.tsx";

/** @param words all that were ever said; each is shown once */
const Toaster = ({ words }: { words: readonly ToastWords[] }) => (
  <Toast.Provider>
    <Feed words={words} />
    <Toast.Portal>
      <Toast.Viewport className="fixed inset-x-3 bottom-20 z-50 mx-auto grid max-w-md gap-2 sm:right-5 sm:bottom-5 sm:left-auto sm:w-96">
        <List />
      </Toast.Viewport>
    </Toast.Portal>
  </Toast.Provider>
);
export default Toaster;

const Feed = ({ words }: { words: readonly ToastWords[] }) => {
  const { add, close } = Toast.useToastManager();
  const shown = useRef(0);
  useEffect(() => {
    for (const each of words) {
      const { id, title, failed, action } = each;
      if (id <= shown.current) continue;
      shown.current = id;
      const key = `toast-${id}`;
      const run = () => {
        close(key);
        action?.run();
      };
      add({
        id: key,
        title,
        timeout: lifeTimeMs(each),
        type: failed ? "error" : "info",
        priority: failed ? "high" : "low",
        ...(action && { actionProps: { children: action.label, onClick: run } }),
      });
    }
  }, [words, add, close]);
  return null;
};

const List = () => {
  const { toasts } = Toast.useToastManager();
  const say = useSay();
  return toasts.map((toast) => (
    <Toast.Root
      key={toast.id}
      toast={toast}
      className={classes(
        "flex items-center gap-3 rounded-xl border bg-raised px-4 py-3 text-sm shadow-xl",
        toast.type === "error" ? "border-bad" : "border-line",
      )}
    >
      <Toast.Content className="flex min-w-0 grow items-center gap-3">
        <Toast.Title className="min-w-0 grow font-medium break-words" />
        <Toast.Action className="shrink-0 cursor-pointer rounded-md px-2 py-1 font-medium text-accent-ink hover:bg-hover" />
      </Toast.Content>
      <Toast.Close
        className="cursor-pointer rounded-md p-1 text-faint hover:bg-hover"
        aria-label={say("ui.close")}
      >
        <X className="size-4" aria-hidden />
      </Toast.Close>
    </Toast.Root>
  ));
};
