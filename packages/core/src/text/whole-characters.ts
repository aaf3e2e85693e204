/** A part of a text (UTF-16 units), without the half of a character that the cut would leave at either edge. */
export const wholeCharacters = (text: string, from: number, to?: number): string =>
  text.slice(from, to).replace(/^[\udc00-\udfff]|[\ud800-\udbff]$/g, "");
