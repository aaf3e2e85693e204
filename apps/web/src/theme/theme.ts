/** What a person chose; `system` follows the device, also when that changes. */
export const THEMES = ["system", "light", "dark"] as const;
export type Theme = (typeof THEMES)[number];

const KEY = "steward.theme";
const device = matchMedia("(prefers-color-scheme: dark)");

export const storedTheme = (): Theme => {
  const stored = localStorage.getItem(KEY);
  return THEMES.find((theme) => theme === stored) ?? "system";
};

const show = (): void => {
  const theme = storedTheme();
  const dark = theme === "dark" || (theme === "system" && device.matches);
  document.documentElement.dataset.theme = dark ? "dark" : "light";
};

export const chooseTheme = (theme: Theme): void => {
  localStorage.setItem(KEY, theme);
  show();
};

/** Before anything is drawn; follows the device and other tabs from then on. */
export const startTheme = (): void => {
  show();
  device.addEventListener("change", show);
  addEventListener("storage", ({ key }) => {
    if (key === KEY) show();
  });
};
