import { useSay } from "../texts/texts.tsx";
import { classes } from "../ui/classes.ts";
import { ScrollBox } from "../ui/scroll-box.tsx";

/** A change line by line; what goes and what comes is told by sign and colour. */
export const Diff = ({ text }: { text: string }) => {
  const say = useSay();
  return (
    <ScrollBox
      label={say("approval.diff")}
      className="max-h-96 overflow-auto rounded-lg border border-line bg-canvas py-2"
    >
      <pre className="w-max min-w-full font-mono text-[13px]">
        {text.split("\n").map((line, index) => (
          <span
            key={index}
            className={classes(
              "block min-w-max px-3",
              line.startsWith("+") && "bg-good-soft text-good",
              line.startsWith("-") && "bg-bad-soft text-bad",
            )}
          >
            {line || " "}
          </span>
        ))}
      </pre>
    </ScrollBox>
  );
};
