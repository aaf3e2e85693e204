import { CircleAlert, MapPinOff } from "lucide-react";
import { useSay } from "../texts/texts.tsx";
import { Button } from "../ui/button.tsx";
import { EmptyState } from "../ui/empty-state.tsx";

export const NotFound = () => {
  const say = useSay();
  return (
    <EmptyState icon={MapPinOff} title={say("shell.not_found")}>
      {say("shell.not_found_text")}
    </EmptyState>
  );
};

/** A mistake of the page's takes nothing else with it. */
export const PageCrashed = () => {
  const say = useSay();
  return (
    <div role="alert">
      <EmptyState icon={CircleAlert} title={say("shell.crashed")}>
        <p className="mb-4">{say("shell.crashed_text")}</p>
        <Button onClick={() => location.reload()}>{say("shell.reload")}</Button>
      </EmptyState>
    </div>
  );
};
