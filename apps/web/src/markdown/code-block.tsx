import type { RootContent } from "hast";
import { Check, Copy } from "lucide-react";
import { type ReactNode, useEffect, useState } from "react";
import { useSay } from "../texts/texts.tsx";
import { ScrollBox } from "../ui/scroll-box.tsx";

/** Colouring more than this takes longer than it helps. */
const LONGEST_HIGHLIGHTED = 20_000;

/** Code with its language, coloured once the colours are loaded, and a button that copies it. */
export const CodeBlock = ({ code, language }: { code: string; language: string | null }) => {
  const say = useSay();
  const coloured = useHighlighted(code, language);
  return (
    <figure className="code-block">
      <figcaption>
        <span>{language ?? ""}</span>
        <CopyButton text={code} />
      </figcaption>
      <ScrollBox label={say("chat.code")} className="overflow-x-auto">
        <pre>
          <code>{coloured ?? code}</code>
        </pre>
      </ScrollBox>
    </figure>
  );
};

const CopyButton = ({ text }: { text: string }) => {
  const say = useSay();
  const [isCopied, setCopied] = useState(false);
  useEffect(() => {
    if (!isCopied) return;
    const timer = setTimeout(() => setCopied(false), 2_000);
    return () => clearTimeout(timer);
  }, [isCopied]);
  const Icon = isCopied ? Check : Copy;
  return (
    <button
      type="button"
      className="flex cursor-pointer items-center gap-1.5 rounded px-1.5 py-1 hover:bg-hover"
      onClick={() => void navigator.clipboard.writeText(text).then(() => setCopied(true))}
    >
      <Icon className="size-3.5" aria-hidden />
      <span aria-live="polite">{say(isCopied ? "ui.copied" : "ui.copy")}</span>
    </button>
  );
};

const useHighlighted = (code: string, language: string | null): ReactNode => {
  const [coloured, setColoured] = useState<{ code: string; nodes: ReactNode } | null>(null);
  useEffect(() => {
    if (language === null || code.length > LONGEST_HIGHLIGHTED) return;
    let isCurrent = true;
    void import("./highlight.ts").then(({ highlight }) => {
      const tree = highlight(code, language);
      if (isCurrent && tree) setColoured({ code, nodes: draw(tree) });
    });
    return () => {
      isCurrent = false;
    };
  }, [code, language]);
  // What was coloured before the text has grown is not shown for what it is now.
  return coloured?.code === code ? coloured.nodes : null;
};

const draw = (nodes: readonly RootContent[]): ReactNode =>
  nodes.map((node, index) => {
    if (node.type === "text") return node.value;
    if (node.type !== "element") return null;
    const names = node.properties.className;
    return (
      <span key={index} className={Array.isArray(names) ? names.join(" ") : undefined}>
        {draw(node.children)}
      </span>
    );
  });
