import type { Policy } from "@steward/contract/policies";
import { RotateCcw } from "lucide-react";
import { useId } from "react";
import { type PolicyScope, usePolicyWriter } from "../../../api/policies.ts";
import { useAction } from "../../../api/use-action.ts";
import { type TextKey, useSay } from "../../../texts/texts.tsx";
import { Badge } from "../../../ui/badge.tsx";
import { Button } from "../../../ui/button.tsx";
import { Notice } from "../../../ui/notice.tsx";
import { useToasts } from "../../../ui/toasts.tsx";
import { PolicyChoice } from "./policy-choice.tsx";
import { POLICY_CONTROLS, type ShownPolicy } from "./policy-controls.ts";
import { PolicyInput } from "./policy-input.tsx";

/** Modes in which the agent does more without a question than by default. */
const LAX: readonly unknown[] = ["acceptEdits", "bypassPermissions"];

/** One policy: what it is, what holds and why, and the control that sets it. */
export const PolicyField = ({
  name,
  policy,
  scope,
}: {
  name: ShownPolicy;
  policy: Policy;
  scope: PolicyScope;
}) => {
  const say = useSay();
  const id = useId();
  const toasts = useToasts();
  const write = usePolicyWriter(scope);
  const control = POLICY_CONTROLS[name];
  const level = scope.botId === undefined ? "global" : scope.chatId === undefined ? "bot" : "chat";
  const isOwn = policy.from === level;
  const isFixed = policy.from === "environment" && level === "global";
  const restore = useAction((value: unknown) => write({ name, value }));
  const reset = useAction(
    (_before: unknown) => write({ name, value: undefined, expectedUpdatedAt: policy.updatedAt }),
    (_, before) =>
      toasts.tell(say("settings.policy_reset"), { label: say("ui.undo"), run: () => restore.mutate(before) }),
  );
  const label = say(`policy.${name}`);
  const field = { id, name, policy, write, isFixed, label };
  return (
    <li className="grid gap-2 px-4 py-3.5">
      <div className="flex flex-wrap items-center gap-x-2 gap-y-1">
        <label htmlFor={id} className="text-sm font-medium">
          {label}
        </label>
        <Badge tone={isOwn || policy.from === "environment" ? "accent" : "neutral"}>
          {say(`settings.from_${policy.from}`)}
        </Badge>
        {isOwn && (
          <Button
            look="quiet"
            size="small"
            className="-my-1.5"
            aria-label={say("settings.reset_name", { name: label })}
            disabled={reset.isPending}
            onClick={() => reset.mutate(policy.value)}
          >
            <RotateCcw className="size-3.5" aria-hidden />
            {say("settings.reset")}
          </Button>
        )}
      </div>
      <p id={`${id}-help`} className="text-xs text-soft">
        {say(`policy.${name}_help`)}
        {isFixed && <> {say("settings.fixed")}</>}
      </p>
      {control.kind === "switch" || control.kind === "choice" ? (
        <PolicyChoice {...field} control={control} />
      ) : (
        <PolicyInput {...field} control={control} storageKey={JSON.stringify([scope, name])} />
      )}
      {name === "permissionMode" && LAX.includes(policy.value) && (
        <Notice>{say(`policy.permissionMode.${String(policy.value)}_warning` as TextKey)}</Notice>
      )}
    </li>
  );
};
