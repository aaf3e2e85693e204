import { type ComponentType, useEffect, useState } from "react";
import { useSay } from "../texts/texts.tsx";
import { useToasts } from "./toasts.tsx";

/**
 * A component that is loaded when it is first wanted; null until then. When it cannot be had the person is told, and
 * `giveUp` lets them try again: nothing else of the page goes with it.
 */
export const usePart = <Props>(
  load: () => Promise<{ default: ComponentType<Props> }>,
  isWanted: boolean,
  giveUp: () => void,
): ComponentType<Props> | null => {
  const say = useSay();
  const toasts = useToasts();
  const [part, setPart] = useState<{ component: ComponentType<Props> } | null>(null);
  const isMissing = isWanted && part === null;
  useEffect(() => {
    if (!isMissing) return;
    load().then(
      (module) => setPart({ component: module.default }),
      () => {
        toasts.fail(say("error.unreachable"));
        giveUp();
      },
    );
  }, [isMissing, load, toasts, say, giveUp]);
  return isWanted ? (part?.component ?? null) : null;
};
