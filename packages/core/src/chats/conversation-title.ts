/** The first line of the prompt, as a list of conversations can show it; null when it has no words. */
export const titleOf = (prompt: string): string | null => {
  const line = prompt.trim().split("\n", 1)[0] ?? "";
  if (line === "") return null;
  return line.length > 60 ? `${line.slice(0, 59)}…` : line;
};
