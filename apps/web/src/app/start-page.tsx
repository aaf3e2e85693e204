import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { loadTexts, preferredLanguage } from "../texts/language.ts";
import { App } from "./app.tsx";

const RELOADED = "steward.reloaded";
const AGAIN_AFTER_MS = 60_000;

/** A part of the page that is not there any more: Steward was updated meanwhile. The page is loaded anew, once. */
const followUpdates = (): void => {
  addEventListener("vite:preloadError", () => {
    const before = Number(sessionStorage.getItem(RELOADED) ?? 0);
    if (!navigator.onLine || Date.now() - before < AGAIN_AFTER_MS) return;
    sessionStorage.setItem(RELOADED, String(Date.now()));
    // Only when somebody answers: else what is on the page would be lost for nothing.
    void fetch("/healthz").then(
      ({ ok }) => ok && location.reload(),
      () => undefined,
    );
  });
};

export const startPage = async (): Promise<void> => {
  followUpdates();
  const root = document.getElementById("root");
  if (!root) throw new Error("the page has no root");
  const language = preferredLanguage();
  const texts = await loadTexts(language);
  createRoot(root).render(
    <StrictMode>
      <App initial={{ language, texts }} />
    </StrictMode>,
  );
};
