/** "$0.0042", "$12.50": small amounts keep the figures that tell them apart. */
export const formatUsd = (usd: number, language: string): string =>
  new Intl.NumberFormat(language, {
    style: "currency",
    currency: "USD",
    currencyDisplay: "narrowSymbol",
    minimumFractionDigits: 2,
    maximumFractionDigits: usd !== 0 && Math.abs(usd) < 0.1 ? 4 : 2,
  }).format(usd);

/** "12K", "3.4M". */
export const formatCount = (count: number, language: string): string =>
  new Intl.NumberFormat(language, { notation: "compact", maximumFractionDigits: 1 }).format(count);

/** "24 byte", "340 MB", "1.2 GB". */
export const formatBytes = (bytes: number, language: string): string => {
  const [unit, size] =
    bytes >= 1e9
      ? (["gigabyte", 1e9] as const)
      : bytes >= 1e6
        ? (["megabyte", 1e6] as const)
        : bytes >= 1e3
          ? (["kilobyte", 1e3] as const)
          : (["byte", 1] as const);
  return new Intl.NumberFormat(language, {
    style: "unit",
    unit,
    unitDisplay: "short",
    maximumFractionDigits: unit === "gigabyte" ? 1 : 0,
  }).format(bytes / size);
};
