import type { ShownApproval } from "@steward/contract/approvals";
import { Check, ShieldQuestion, X } from "lucide-react";
import { type ReactNode, useRef, useState } from "react";
import { useSay } from "../texts/texts.tsx";
import { Button } from "../ui/button.tsx";
import { Field, Input } from "../ui/field.tsx";
import { ScrollBox } from "../ui/scroll-box.tsx";
import { Diff } from "./diff.tsx";
import { Expires } from "./expires.tsx";
import { QuestionForm } from "./question-form.tsx";
import { useApprovalDraft } from "./use-approval-draft.ts";
import { type Decide, useDecide } from "./use-decide.ts";
import { useFocusAfterAnswer } from "./use-focus-after-answer.ts";

/**
 * A question of the agent's, with exactly what would be done. Its texts are plain text nodes, so nothing in them can look
 * like one of our buttons.
 */
export const ApprovalCard = ({ approval, where }: { approval: ShownApproval; where?: ReactNode }) => {
  const say = useSay();
  const decide = useDecide(approval);
  const { draft, put } = useApprovalDraft(approval.approvalId);
  const card = useRef<HTMLElement>(null);
  useFocusAfterAnswer(card, decide.isPending || decide.isSuccess);
  return (
    <article
      ref={card}
      tabIndex={-1}
      data-approval
      aria-label={say("approval.of", { tool: approval.toolName })}
      className="overflow-hidden rounded-xl border border-accent bg-surface"
    >
      <header className="flex flex-wrap items-center gap-x-3 gap-y-1 border-b border-line px-4 py-2.5 text-sm">
        <ShieldQuestion className="size-4 shrink-0 text-accent-ink" aria-hidden />
        <h2 className="font-semibold">
          {say(`approval.kind_${approval.kind}`, { tool: approval.toolName })}
        </h2>
        {where}
        <span className="ml-auto text-xs text-soft">
          <Expires at={approval.expiresAt} />
        </span>
      </header>
      <div className="grid grid-cols-1 gap-3 p-4">
        {approval.kind === "question" && approval.questions ? (
          <QuestionForm
            questions={approval.questions}
            answers={draft.answers}
            change={(answers) => put({ answers })}
            isPending={decide.isPending}
            decide={decide.mutate}
          />
        ) : (
          <>
            <Call approval={approval} />
            <Choices
              approval={approval}
              denial={draft.denial}
              write={(denial) => put({ denial })}
              isPending={decide.isPending}
              decide={decide.mutate}
            />
          </>
        )}
      </div>
    </article>
  );
};

const Call = ({ approval: { diff, text, summary, reason, isCut } }: { approval: ShownApproval }) => {
  const say = useSay();
  return (
    <>
      {diff === null ? (
        <ScrollBox
          label={say("approval.call")}
          className="max-h-80 overflow-auto rounded-lg border border-line bg-canvas p-3"
        >
          <pre className="font-mono text-[13px] whitespace-pre-wrap wrap-anywhere">{text || summary}</pre>
        </ScrollBox>
      ) : (
        <>
          <p className="font-mono text-[13px] text-soft wrap-anywhere">{summary}</p>
          <Diff text={diff} />
        </>
      )}
      {isCut && <p className="text-xs text-warn">{say("approval.cut")}</p>}
      {reason !== null && <p className="text-sm text-soft wrap-anywhere">{reason}</p>}
    </>
  );
};

const Choices = ({
  approval,
  denial,
  write,
  isPending,
  decide,
}: {
  approval: ShownApproval;
  /** Why not, as far as it is written; null: nobody denies it (yet). */
  denial: string | null;
  write: (denial: string | null) => void;
  isPending: boolean;
  decide: Decide;
}) => {
  const say = useSay();
  // Only what was just pressed takes the focus, not what is scrolled in.
  const [wasPressed, setPressed] = useState(false);
  const turn = (next: string | null): void => {
    setPressed(true);
    write(next);
  };
  // While an answer is on its way the focus stays: the answer may be refused.
  const waits = { disabled: isPending, focusableWhenDisabled: true };
  if (denial !== null) {
    return (
      <form
        className="grid gap-3"
        onSubmit={(event) => {
          event.preventDefault();
          if (!isPending) decide({ decision: "deny", message: denial.trim() || undefined });
        }}
      >
        <Field label={say("approval.why_not")} help={say("approval.why_not_help")}>
          <Input autoFocus={wasPressed} value={denial} onChange={(event) => write(event.target.value)} />
        </Field>
        <div className="flex flex-wrap gap-2">
          <Button type="submit" look="danger" {...waits}>
            {say("approval.deny")}
          </Button>
          <Button onClick={() => turn(null)}>{say("ui.cancel")}</Button>
        </div>
      </form>
    );
  }
  return (
    <div className="flex flex-wrap items-center gap-2">
      <Button look="primary" {...waits} onClick={() => decide({ decision: "once" })}>
        <Check className="size-4" aria-hidden />
        {say(approval.kind === "plan" ? "approval.go" : "approval.once")}
      </Button>
      {approval.rule !== null && (
        // What it allows is read to its end before it is pressed.
        <Button
          {...waits}
          className="max-w-full shrink py-1.5 text-left whitespace-normal"
          onClick={() => decide({ decision: "session" })}
        >
          <span className="min-w-0">
            {say("approval.session")} <code className="font-mono text-xs wrap-anywhere">{approval.rule}</code>
          </span>
        </Button>
      )}
      <Button {...waits} autoFocus={wasPressed} onClick={() => turn("")}>
        <X className="size-4" aria-hidden />
        {say("approval.deny")}
      </Button>
    </div>
  );
};
