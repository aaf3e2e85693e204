import type { AlignType, Nodes, PhrasingContent, Root, RootContent } from "mdast";
import { Fragment, memo, type ReactNode, useDeferredValue, useMemo } from "react";
import { useSay } from "../texts/texts.tsx";
import { ScrollBox } from "../ui/scroll-box.tsx";
import { CodeBlock } from "./code-block.tsx";
import { parseMarkdown } from "./parse-markdown.ts";
import { safeLink } from "./safe-link.ts";

/**
 * An agent's Markdown. Everything becomes React elements and text nodes: no HTML of its own, no image from elsewhere, no
 * link to anything but the web and mail (threat T13).
 */
export const Markdown = memo(({ text }: { text: string }) => {
  // While an answer grows, typing and scrolling go before drawing all of it again.
  const deferred = useDeferredValue(text);
  const root = useMemo(() => parseMarkdown(deferred), [deferred]);
  if (root === null) return <p className="whitespace-pre-wrap wrap-anywhere">{deferred}</p>;
  return <div className="markdown">{children(root, definitionsOf(root))}</div>;
});

type Definitions = ReadonlyMap<string, string>;

const definitionsOf = (root: Root): Definitions => {
  const found = new Map<string, string>();
  const collect = (node: Nodes): void => {
    if (node.type === "definition" && !found.has(node.identifier)) found.set(node.identifier, node.url);
    if ("children" in node) for (const child of node.children) collect(child);
  };
  collect(root);
  return found;
};

const children = (node: { children: readonly Nodes[] }, definitions: Definitions): ReactNode =>
  node.children.map((child, index) => (
    <Fragment key={index}>{element(child as RootContent, definitions)}</Fragment>
  ));

const HEADINGS = ["h3", "h4", "h5", "h6", "h6", "h6"] as const;

const element = (node: RootContent, definitions: Definitions): ReactNode => {
  const inner = (): ReactNode => ("children" in node ? children(node, definitions) : null);
  switch (node.type) {
    case "paragraph":
      return <p>{inner()}</p>;
    case "heading": {
      const Heading = HEADINGS[node.depth - 1] ?? "h6";
      return <Heading>{inner()}</Heading>;
    }
    case "text":
      return node.value;
    case "html":
      // Not ours to interpret: it is shown as it was written.
      return node.value;
    case "strong":
      return <strong>{inner()}</strong>;
    case "emphasis":
      return <em>{inner()}</em>;
    case "delete":
      return <del>{inner()}</del>;
    case "inlineCode":
      return <code>{node.value}</code>;
    case "code":
      return <CodeBlock code={node.value} language={node.lang ?? null} />;
    case "break":
      return <br />;
    case "thematicBreak":
      return <hr />;
    case "blockquote":
      return <blockquote>{inner()}</blockquote>;
    case "list":
      return node.ordered ? <ol start={node.start ?? 1}>{inner()}</ol> : <ul>{inner()}</ul>;
    case "listItem":
      return (
        <li>
          {typeof node.checked === "boolean" && (
            <span aria-hidden className="mr-1.5">
              {node.checked ? "☑" : "☐"}
            </span>
          )}
          {inner()}
        </li>
      );
    case "link":
      return <SafeLink url={node.url}>{inner()}</SafeLink>;
    case "linkReference":
      return <SafeLink url={definitions.get(node.identifier) ?? ""}>{inner()}</SafeLink>;
    case "image":
    case "imageReference": {
      const url = node.type === "image" ? node.url : (definitions.get(node.identifier) ?? "");
      // To load it would tell its host who reads this, and when.
      return <SafeLink url={url}>{node.alt || url}</SafeLink>;
    }
    case "table":
      return <Table rows={node.children} align={node.align ?? []} definitions={definitions} />;
    case "footnoteReference":
      return <sup>{node.label ?? node.identifier}</sup>;
    case "footnoteDefinition":
      return (
        <div className="footnote">
          <sup>{node.label ?? node.identifier}</sup>
          {inner()}
        </div>
      );
    default:
      return null;
  }
};

const SafeLink = ({ url, children }: { url: string; children: ReactNode }) => {
  const href = safeLink(url);
  if (href === null) return children;
  return (
    <a href={href} target="_blank" rel="noopener noreferrer nofollow" title={href}>
      {children}
    </a>
  );
};

const ALIGNED = { left: "text-left", right: "text-right", center: "text-center" } as const;

const Table = ({
  rows,
  align,
  definitions,
}: {
  rows: readonly { children: readonly { children: readonly PhrasingContent[] }[] }[];
  align: readonly AlignType[];
  definitions: Definitions;
}) => {
  const say = useSay();
  const [head, ...body] = rows;
  const cells = (row: (typeof rows)[number], Cell: "th" | "td") =>
    row.children.map((cell, column) => {
      const side = align[column];
      return (
        <Cell key={column} className={side ? ALIGNED[side] : undefined}>
          {children(cell, definitions)}
        </Cell>
      );
    });
  return (
    <ScrollBox label={say("chat.table")} className="overflow-x-auto">
      <table>
        <thead>
          <tr>{head && cells(head, "th")}</tr>
        </thead>
        <tbody>
          {body.map((row, index) => (
            <tr key={index}>{cells(row, "td")}</tr>
          ))}
        </tbody>
      </table>
    </ScrollBox>
  );
};
