import { useMutation } from "@tanstack/react-query";
import { useLanguage, useSay } from "../texts/texts.tsx";
import { useToasts } from "../ui/toasts.tsx";
import { describeError } from "./describe-error.ts";

/** Something that a person does: while it is done it is `isPending`, and when it cannot be done they are told why. */
export const useAction = <Input, Result>(
  run: (input: Input) => Promise<Result>,
  done?: (result: Result, input: Input) => void,
  /** However it went. */
  settled?: () => void,
) => {
  const { language } = useLanguage();
  const say = useSay();
  const toasts = useToasts();
  return useMutation({
    mutationFn: run,
    onSuccess: (result, input) => done?.(result, input),
    onSettled: () => settled?.(),
    onError: async (error) => toasts.fail(await describeError(error, language, say)),
  });
};
