import { releasePanic, startPanic } from "@steward/contract/holds";
import { OctagonX, Play } from "lucide-react";
import { api } from "../../api/client.ts";
import { useSystem } from "../../api/system.ts";
import { useAction } from "../../api/use-action.ts";
import { useSay } from "../../texts/texts.tsx";
import { Button } from "../../ui/button.tsx";
import { ConfirmButton } from "../../ui/confirm.tsx";
import { useToasts } from "../../ui/toasts.tsx";

/** Stops everything at once; and lets it run again. */
export const PanicButton = () => {
  const say = useSay();
  const toasts = useToasts();
  const system = useSystem();
  const stop = useAction(
    () => api.call(startPanic),
    ({ stopped }) => toasts.tell(say("home.panic_done", { count: stopped })),
  );
  const release = useAction(() => api.call(releasePanic));
  if (system.data?.holds.some(({ kind }) => kind === "panic")) {
    return (
      <Button look="primary" disabled={release.isPending} onClick={() => release.mutate(undefined)}>
        <Play className="size-4" aria-hidden />
        {say("home.release")}
      </Button>
    );
  }
  return (
    <ConfirmButton
      question={say("home.panic_question")}
      consequence={say("home.panic_consequence")}
      action={say("home.panic")}
      onConfirm={() => stop.mutate(undefined)}
      disabled={stop.isPending}
    >
      <OctagonX className="size-4 text-bad" aria-hidden />
      {say("home.panic")}
    </ConfirmButton>
  );
};
