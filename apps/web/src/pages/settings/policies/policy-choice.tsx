import type { Policy } from "@steward/contract/policies";
import { useState } from "react";
import type { PolicyWish } from "../../../api/policies.ts";
import { useAction } from "../../../api/use-action.ts";
import { type TextKey, useSay } from "../../../texts/texts.tsx";
import ConfirmDialog from "../../../ui/confirm-dialog.tsx";
import { Select } from "../../../ui/select.tsx";
import { useToasts } from "../../../ui/toasts.tsx";
import type { PolicyControl, ShownPolicy } from "./policy-controls.ts";

export interface PolicyControlProps {
  id: string;
  name: ShownPolicy;
  policy: Policy;
  write: (wish: PolicyWish) => Promise<Policy>;
  isFixed: boolean;
  label: string;
}

/** A switch or one of a few: saved when it is chosen, with a way back. */
export const PolicyChoice = ({
  id,
  name,
  policy,
  write,
  isFixed,
  label,
  control,
}: PolicyControlProps & { control: Extract<PolicyControl, { kind: "switch" | "choice" }> }) => {
  const say = useSay();
  const toasts = useToasts();
  const [asked, setAsked] = useState<unknown>(null);
  const restore = useAction((wish: PolicyWish) => write(wish));
  const save = useAction(
    (wish: PolicyWish & { before: Policy }) =>
      write({ name: wish.name, value: wish.value, expectedUpdatedAt: wish.before.updatedAt }),
    (saved, { before }) => {
      const value = before.from === saved.from ? before.value : undefined;
      toasts.tell(say("settings.saved_name", { name: label }), {
        label: say("ui.undo"),
        run: () => restore.mutate({ name, value, expectedUpdatedAt: saved.updatedAt }),
      });
    },
  );
  const choose = (value: unknown): void => save.mutate({ name, value, before: policy });
  if (control.kind === "switch") {
    return (
      <input
        id={id}
        type="checkbox"
        role="switch"
        aria-describedby={`${id}-help`}
        checked={policy.value === true}
        aria-checked={policy.value === true}
        disabled={isFixed}
        onChange={(event) => choose(event.target.checked)}
        className="relative h-6 w-11 shrink-0 cursor-pointer appearance-none rounded-full border border-strong-line bg-hover transition-colors before:absolute before:top-0.5 before:left-0.5 before:size-[18px] before:rounded-full before:bg-strong-line before:transition-transform checked:border-accent checked:bg-accent checked:before:translate-x-5 checked:before:bg-on-accent disabled:cursor-default disabled:opacity-60"
      />
    );
  }
  const options = control.values.map((value) => ({
    value: String(value),
    text: say(`policy.${name}.${value}` as TextKey),
  }));
  const choiceOf = (text: string): unknown => control.values.find((value) => String(value) === text);
  return (
    <>
      <Select
        id={id}
        aria-describedby={`${id}-help`}
        className="justify-self-start"
        value={String(policy.value)}
        options={options}
        disabled={isFixed}
        choose={(text) => (text === "bypassPermissions" ? setAsked(text) : choose(choiceOf(text)))}
      />
      {asked !== null && (
        <ConfirmDialog
          close={() => setAsked(null)}
          question={say("settings.bypass_question")}
          consequence={say("policy.permissionMode.bypassPermissions_warning")}
          action={say("settings.bypass_confirm")}
          onConfirm={() => choose(asked)}
        />
      )}
    </>
  );
};
