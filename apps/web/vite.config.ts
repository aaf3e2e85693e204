import tailwindcss from "@tailwindcss/vite";
import react from "@vitejs/plugin-react";
import { defineConfig, loadEnv } from "vite";

const DEFAULT_PORT = "8000";

export default defineConfig(({ mode }) => {
  /** Where the API is that a page under development asks; the page itself asks its own origin alone. */
  const target = `http://127.0.0.1:${loadEnv(mode, "../..", "STEWARD_").STEWARD_PORT ?? DEFAULT_PORT}`;
  return {
    plugins: [react(), tailwindcss()],
    build: {
      target: "es2023",
      // What is inlined would need `data:` in more places of the content policy.
      assetsInlineLimit: 0,
      modulePreload: { polyfill: false },
      rolldownOptions: {
        output: {
          codeSplitting: {
            // What nearly every page uses comes as one file, not as forty. What opens on a press (dialogs, menus, toasts) stays apart.
            groups: [
              // Apart from what makes schemas: the entry sets them up before.
              { name: "preload", test: /vite\/preload-helper/ },
              { name: "zod", test: /node_modules\/zod\// },
              {
                name: "router",
                test: /node_modules\/@tanstack\/(?:react-router|router-core|history|react-store|store)\//,
              },
              { name: "icons", test: /node_modules\/lucide-react\// },
              {
                name: "house",
                test: /\/apps\/web\/src\/(?:live|texts\/(?:texts|say)|api\/(?:chat-names|client|keys|query-client|describe-error|use-action|approvals|system|chats|history)\.|ui\/(?:announcer|badge|button|card|classes|confirm|empty-state|loaded|page|skeleton|times|toasts|use-part|amounts)\.)/,
              },
            ],
          },
        },
      },
    },
    server: {
      host: "127.0.0.1",
      port: 5173,
      strictPort: true,
      cors: false,
      proxy: { "/api": { target }, "/docs": { target }, "/openapi.json": { target } },
    },
  };
});
