import { useSay } from "../../../texts/texts.tsx";
import { Button } from "../../../ui/button.tsx";
import { classes } from "../../../ui/classes.ts";
import { Notice } from "../../../ui/notice.tsx";
import type { PolicyControlProps } from "./policy-choice.tsx";
import type { PolicyControl } from "./policy-controls.ts";
import { toText } from "./policy-text.ts";
import { usePolicyDraft } from "./use-policy-draft.ts";

const BOX =
  "min-w-0 rounded-lg border border-strong-line bg-surface px-3 text-sm text-ink placeholder:text-faint disabled:opacity-60 aria-invalid:border-bad";

/** A number, a text, or a list of lines: saved by a press, or by Enter. */
export const PolicyInput = ({
  id,
  isFixed,
  control,
  ...given
}: PolicyControlProps & {
  control: Exclude<PolicyControl, { kind: "switch" | "choice" }>;
  storageKey: string;
}) => {
  const say = useSay();
  const draft = usePolicyDraft({ ...given, control });
  const none = control.kind === "lines" ? undefined : control.none;
  const common = {
    id,
    value: draft.text,
    disabled: isFixed,
    "aria-invalid": draft.problem !== null,
    "aria-describedby": `${id}-help${draft.problem === null ? "" : ` ${id}-problem`}`,
    placeholder: none === undefined ? undefined : say(`settings.none_${none}`),
  };
  const present = toText(control, given.policy.value);
  return (
    <form
      className="grid min-w-0 gap-2"
      onSubmit={(event) => {
        event.preventDefault();
        draft.save();
      }}
    >
      <div className="flex min-w-0 flex-wrap items-center gap-2">
        {control.kind === "lines" || (control.kind === "text" && control.isLong) ? (
          <textarea
            {...common}
            rows={Math.min(10, Math.max(2, draft.text.split("\n").length + 1))}
            spellCheck={control.kind === "text"}
            onChange={(event) => draft.type(event.target.value)}
            className={classes(BOX, "w-full py-2", control.kind === "lines" && "font-mono text-[13px]")}
          />
        ) : (
          <input
            {...common}
            inputMode={control.kind === "number" ? "decimal" : "text"}
            autoComplete="off"
            onChange={(event) => draft.type(event.target.value)}
            className={classes(
              BOX,
              "h-9",
              control.kind === "number" ? "w-44 tabular-nums" : "w-full max-w-sm",
            )}
          />
        )}
        {control.kind === "number" && (
          <span className="text-sm text-soft">{say(`unit.${control.unit}`)}</span>
        )}
        {draft.isDirty && (
          <span className="flex gap-2">
            <Button type="submit" look="primary" disabled={draft.isBusy}>
              {say("ui.save")}
            </Button>
            <Button onClick={draft.drop}>{say("ui.cancel")}</Button>
          </span>
        )}
      </div>
      {draft.isOutrun && (
        <Notice role="alert">
          <p>{say("settings.outrun", { value: present === "" ? "–" : present })}</p>
          <div className="mt-2 flex flex-wrap gap-2">
            <Button size="small" onClick={draft.drop}>
              {say("settings.take_theirs")}
            </Button>
            <Button size="small" onClick={draft.insist}>
              {say("settings.keep_mine")}
            </Button>
          </div>
        </Notice>
      )}
      {draft.problem !== null && (
        <p id={`${id}-problem`} role="alert" className="text-xs text-bad">
          {draft.problem}
        </p>
      )}
    </form>
  );
};
