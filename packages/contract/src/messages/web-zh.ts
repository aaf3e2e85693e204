import type { webEn } from "./web-en.ts";

/** 登录网页界面，中文。 */
export const webZh: Record<keyof typeof webEn, string> = {
  "error.policy_changed": "这项设置刚才已被他人更改。请查看现在的值，再做决定。",
  "error.unauthorized":
    "尚未登录。请在运行 Steward 的机器上执行 `npm run -s steward -- web`，然后打开它给出的登录链接。",
  "error.web_code_invalid":
    "这个链接已被使用，或已超过十分钟。请在运行 Steward 的机器上执行 `npm run -s steward -- web` 获取新链接。",
  "error.browser_unclear":
    "浏览器没有说明请求的来源。请用较新的浏览器，通过 http://127.0.0.1 或 https 打开 Steward（方法见 docs/web.md）。",
  "web.not_built":
    "Steward 正在运行，但网页界面尚未构建。请用 `npm start` 启动 Steward（会自动构建），或执行 `pnpm exec turbo run build --filter=@steward/web` 后刷新本页。",
  "cli.describe.web": "生成网页界面的登录链接；查看已登录的浏览器",
  "cli.option.web_open": "在浏览器中打开链接",
  "cli.option.web_list": "列出已登录的浏览器",
  "cli.option.web_revoke": "让浏览器退出登录：--list 显示的 id，或 all 表示全部",
  "cli.help.example_web": "打开网页界面",
  "cli.web.once": "链接十分钟内有效，只能用于一个浏览器。打开它的人就能进入，请勿转发。",
  "cli.web.no_browser": "! 这里没有可以打开的浏览器，请自行打开上面的链接。",
  "cli.web.none": "没有已登录的浏览器。`steward web` 会生成登录链接。",
  "cli.web.id": "编号 (id)",
  "cli.web.browser": "浏览器",
  "cli.web.since": "已登录时长",
  "cli.web.seen": "距上次使用",
  "cli.web.unknown_browser": "未知",
  "cli.web.revoked": "✓ 已退出登录：{count} 个",
  "cli.web.not_found": "没有 id 为“{id}”的已登录浏览器，或有多个匹配。`steward web --list` 会列出它们。",
};
