const LONGEST = 2_048;
const SCHEMES = new Set(["http:", "https:", "mailto:"]);

/**
 * The address that a link of an agent's text may open, or null: then it is shown as text. Relative ones are refused as
 * well: they would lead into this very page.
 */
export const safeLink = (url: string): string | null => {
  if (url.length > LONGEST || !URL.canParse(url)) return null;
  const { protocol, href } = new URL(url);
  return SCHEMES.has(protocol) ? href : null;
};
