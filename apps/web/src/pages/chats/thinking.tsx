import { useSay } from "../../texts/texts.tsx";

/** What was thought before the answer: folded, for those who want to know. */
export const Thinking = ({ text }: { text: string }) => {
  const say = useSay();
  return (
    <details className="text-[13px] text-soft">
      <summary className="w-fit cursor-pointer">{say("chat.thinking")}</summary>
      <p className="mt-1 border-l-2 border-line pl-3 whitespace-pre-wrap italic wrap-anywhere">{text}</p>
    </details>
  );
};
