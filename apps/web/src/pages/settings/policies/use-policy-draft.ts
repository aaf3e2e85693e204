import { ApiError } from "@steward/client/api-error";
import type { Policy } from "@steward/contract/policies";
import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { z } from "zod";
import { describeError } from "../../../api/describe-error.ts";
import type { PolicyWish } from "../../../api/policies.ts";
import { useLanguage, useSay } from "../../../texts/texts.tsx";
import { dropKept, keep, readKept } from "../../../ui/kept.ts";
import { useToasts } from "../../../ui/toasts.tsx";
import type { PolicyControl, ShownPolicy } from "./policy-controls.ts";
import { fromText, toText } from "./policy-text.ts";

const draftSchema = z.object({
  text: z.string(),
  /** Of the value that stood there when it was begun. */
  seen: z.number().nullable(),
});
type Draft = z.infer<typeof draftSchema>;

/**
 * What is being typed for a policy. It stays until it is saved or given up: over a failed save, a change by somebody
 * else, and a reload.
 */
export const usePolicyDraft = (given: {
  name: ShownPolicy;
  label: string;
  policy: Policy;
  control: Exclude<PolicyControl, { kind: "switch" | "choice" }>;
  storageKey: string;
  write: (wish: PolicyWish) => Promise<Policy>;
}) => {
  const { name, label, policy, control, write } = given;
  const say = useSay();
  const { language } = useLanguage();
  const toasts = useToasts();
  const place = `policy/${given.storageKey}`;
  const [draft, setDraft] = useState<Draft | null>(() => readKept(place, draftSchema));
  const [problem, setProblem] = useState<string | null>(null);
  const shown = toText(control, policy.value);
  const put = (next: Draft | null): void => {
    setDraft(next);
    if (next === null) dropKept(place);
    else keep(place, next);
  };
  const drop = (): void => {
    put(null);
    setProblem(null);
  };
  const save = useMutation({
    mutationFn: ({ value, seen }: { value: unknown; seen: number | null }) =>
      write({ name, value, expectedUpdatedAt: seen }),
    onSuccess: () => {
      drop();
      toasts.tell(say("settings.saved_name", { name: label }));
    },
    onError: async (error) => {
      const isBad = error instanceof ApiError && error.code === "validation_failed";
      const reason = isBad ? error.message.replace(`${name}: `, "") : "";
      setProblem(
        isBad ? say("settings.not_accepted", { reason }) : await describeError(error, language, say),
      );
    },
  });
  return {
    text: draft?.text ?? shown,
    isDirty: draft !== null,
    isBusy: save.isPending,
    problem,
    /** Somebody else has set it since the typing began. */
    isOutrun: draft !== null && draft.seen !== policy.updatedAt,
    type: (text: string): void => {
      setProblem(null);
      if (text === shown && draft?.seen === policy.updatedAt) put(null);
      else put({ text, seen: draft ? draft.seen : policy.updatedAt });
    },
    drop,
    /** Goes on with what was typed, knowing what stands there now. */
    insist: (): void => {
      setProblem(null);
      if (draft) put({ ...draft, seen: policy.updatedAt });
    },
    save: (): void => {
      if (draft === null) return;
      const read = fromText(control, draft.text);
      if ("problem" in read) setProblem(say(`settings.problem_${read.problem}`));
      else save.mutate({ value: read.value, seen: draft.seen });
    },
  };
};
