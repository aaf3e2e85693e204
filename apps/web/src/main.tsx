import "./styles.css";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { App } from "./app/app.tsx";
import { loadTexts, preferredLanguage } from "./texts/language.ts";
import { startTheme } from "./theme/theme.ts";

startTheme();
const language = preferredLanguage();
const texts = await loadTexts(language);
const root = document.getElementById("root");
if (!root) throw new Error("the page has no root");
createRoot(root).render(
  <StrictMode>
    <App initial={{ language, texts }} />
  </StrictMode>,
);
