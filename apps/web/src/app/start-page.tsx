import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { loadTexts, preferredLanguage } from "../texts/language.ts";
import { App } from "./app.tsx";

export const startPage = async (): Promise<void> => {
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
