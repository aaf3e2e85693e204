import type { MemoryChangeRecord } from "@steward/contract/memory-records";
import { escapeHidden } from "@steward/contract/visible-text";
import { Link } from "@tanstack/react-router";
import { Undo2 } from "lucide-react";
import { useLanguage, useSay } from "../../texts/texts.tsx";
import { Button } from "../../ui/button.tsx";
import { PlainText } from "../../ui/plain-text.tsx";
import { TextDifference } from "../../ui/text-difference.tsx";
import { Ago } from "../../ui/times.tsx";
import { type ChangedField, changedFields } from "./changed-fields.ts";
import { useUndo } from "./use-memory-actions.ts";

/** One change: what was done, by whom, when; before and after behind it. */
export const ChangeLine = ({
  change,
  canUndo,
  isNamed = false,
}: {
  change: MemoryChangeRecord;
  canUndo: boolean;
  /** Says of which memory, among changes of many. */
  isNamed?: boolean;
}) => {
  const say = useSay();
  const undo = useUndo();
  const { action, origin, userName, undoneBy, at } = change;
  return (
    <li className="grid gap-1 py-2.5 text-sm">
      <div className="flex min-w-0 items-start justify-between gap-3">
        <div className="min-w-0">
          <p className="flex min-w-0 flex-wrap gap-x-1.5">
            <span className="font-medium">{say(`memory.action_${action}`)}</span>
            {isNamed && <Named change={change} />}
          </p>
          <p className="flex min-w-0 flex-wrap gap-x-1.5 text-xs text-soft">
            <bdi className="truncate">{userName ?? say(`memory.origin_${origin}`)}</bdi>
            <span aria-hidden>·</span>
            <Ago at={at} />
            {undoneBy !== null && <span>· {say("memory.was_undone")}</span>}
          </p>
        </div>
        {canUndo && (
          <Button size="small" disabled={undo.isPending} onClick={() => undo.mutate(change.id)}>
            <Undo2 className="size-3.5" aria-hidden />
            {say("ui.undo")}
          </Button>
        )}
      </div>
      <details className="text-xs">
        <summary className="inline-flex min-h-9 cursor-pointer items-center text-accent-ink">
          {say("memory.show_change")}
        </summary>
        <div className="mt-1 grid gap-2 rounded-lg bg-canvas p-3">
          <Contents change={change} />
        </div>
      </details>
    </li>
  );
};

const Named = ({ change: { memoryId, before, after } }: { change: MemoryChangeRecord }) => (
  <Link
    from="/memories"
    search={(params) => ({ ...params, id: memoryId })}
    resetScroll={false}
    className="max-w-full min-w-0 truncate text-accent-ink hover:underline"
  >
    <bdi>{escapeHidden((after ?? before)?.key ?? String(memoryId))}</bdi>
  </Link>
);

const Contents = ({ change }: { change: MemoryChangeRecord }) => {
  const say = useSay();
  const { before, after } = change;
  const fields = changedFields(change);
  const only = after ?? before;
  if (!before || !after)
    return only && <PlainText text={only.content} className={after ? "" : "line-through"} />;
  return (
    <>
      {before.content !== after.content && <TextDifference before={before.content} after={after.content} />}
      {fields.map((field) => (
        <p key={field} className="[overflow-wrap:anywhere]">
          <span className="text-soft">{say(`memory.field_${field}`)}: </span>
          <FieldValue of={before} field={field} /> → <FieldValue of={after} field={field} />
        </p>
      ))}
      {before.content === after.content && fields.length === 0 && <p>{say("memory.change_none")}</p>}
    </>
  );
};

const FieldValue = ({ of, field }: { of: NonNullable<MemoryChangeRecord["after"]>; field: ChangedField }) => {
  const say = useSay();
  const { language } = useLanguage();
  switch (field) {
    case "pinned":
      return say(of.pinned ? "memory.yes" : "memory.no");
    case "state":
      return say(`memory.state_${of.state}`);
    case "expiresAt":
      return of.expiresAt === null
        ? say("memory.never")
        : new Date(of.expiresAt).toLocaleDateString(language, { dateStyle: "medium" });
    default:
      return <bdi>{escapeHidden(of[field])}</bdi>;
  }
};
