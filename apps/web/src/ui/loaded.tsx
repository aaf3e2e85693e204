import type { UseQueryResult } from "@tanstack/react-query";
import { type ReactNode, useEffect, useState } from "react";
import { describeError } from "../api/describe-error.ts";
import { useLanguage, useSay } from "../texts/texts.tsx";
import { Button } from "./button.tsx";
import { Skeleton } from "./skeleton.tsx";

/** What was asked for; until it is there its outline, and when it cannot be had why, with a way to try again. */
export const Loaded = <Data,>({
  query,
  lines,
  children,
}: {
  query: UseQueryResult<Data>;
  lines?: number;
  children: (data: Data) => ReactNode;
}) => {
  if (query.data !== undefined) return children(query.data);
  if (query.isError) return <LoadingFailed error={query.error} retry={() => void query.refetch()} />;
  return <Skeleton lines={lines} />;
};

const LoadingFailed = ({ error, retry }: { error: unknown; retry: () => void }) => {
  const say = useSay();
  const text = useErrorText(error);
  return (
    <div role="alert" className="grid justify-items-start gap-3 p-4 text-sm">
      <p className="text-soft">{text}</p>
      <Button size="small" onClick={retry}>
        {say("ui.try_again")}
      </Button>
    </div>
  );
};

/** The sentence for a failure, in the reader's language; empty for a moment, and without one. */
export const useErrorText = (error: unknown): string => {
  const { language } = useLanguage();
  const say = useSay();
  const [text, setText] = useState("");
  useEffect(() => {
    let isCurrent = true;
    if (!error) setText("");
    else void describeError(error, language, say).then((words) => isCurrent && setText(words));
    return () => {
      isCurrent = false;
    };
  }, [error, language]);
  return text;
};
