import type { webEn } from "./web-en.ts";

/** 登录网页界面，中文。 */
export const webZh: Record<keyof typeof webEn, string> = {
  "error.unauthorized":
    "尚未登录。请在运行 Steward 的机器上执行 `npm run -s steward -- web`，然后打开它给出的登录链接。",
  "error.web_code_invalid":
    "这个链接已被使用，或已超过十分钟。请在运行 Steward 的机器上执行 `npm run -s steward -- web` 获取新链接。",
  "error.browser_unclear":
    "浏览器没有说明请求的来源。请用较新的浏览器，通过 http://127.0.0.1 或 https 打开 Steward（方法见 docs/web.md）。",
  "web.not_built":
    "Steward 正在运行，但网页界面尚未构建。请用 `npm start` 启动 Steward（会自动构建），或执行 `pnpm exec turbo run build --filter=@steward/web` 后刷新本页。",
};
