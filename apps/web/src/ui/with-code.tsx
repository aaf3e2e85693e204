/** A text of the catalogue: what stands between `backticks` is to be typed as it is. */
export const WithCode = ({ text }: { text: string }) =>
  text.split("`").map((part, index) =>
    index % 2 === 1 ? (
      <code key={index} className="rounded bg-hover px-1 py-0.5 font-mono text-[0.92em]">
        {part}
      </code>
    ) : (
      part
    ),
  );
