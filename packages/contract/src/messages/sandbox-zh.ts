import type { sandboxEn } from "./sandbox-en.ts";

/** 沙箱及其障碍。 */
export const sandboxZh: Record<keyof typeof sandboxEn, string> = {
  "error.sandbox_required":
    "此聊天设为不经询问直接执行（bypassPermissions），但它所需的沙箱没有生效。请改用其他模式，或在服务器上运行 `steward doctor` 查看原因。",
  "sandbox.on": "沙箱：Claude 在隔离环境中工作（已实测）",
  "sandbox.off": "沙箱已关闭：凡是您能读、能改、能访问的，Claude 都可以",
  "sandbox.off_fix": "从 .env 中去掉 STEWARD_SANDBOX=off，然后重启。",
  "sandbox.problem_platform": "此系统（{detail}）没有沙箱：您能做的 Claude 都能做",
  "sandbox.problem_platform_fix": "请在 Linux 上，或在单独的虚拟机里运行 Steward。",
  "sandbox.problem_missing": "没有沙箱：未安装 bubblewrap。您能做的 Claude 都能做",
  "sandbox.problem_missing_fix": "请安装它（Debian、Ubuntu：sudo apt install bubblewrap），然后重启 Steward。",
  "sandbox.problem_broken": "没有沙箱：bubblewrap 无法运行（{detail}）。您能做的 Claude 都能做",
  "sandbox.problem_broken_fix": "请重新安装 bubblewrap，然后重启 Steward。",
  "sandbox.problem_refused": "没有沙箱：这台机器不允许 bubblewrap 工作（{detail}）。您能做的 Claude 都能做",
  "sandbox.problem_refused_fix":
    "请允许非特权用户命名空间。Ubuntu 24.04：为 bwrap 添加 AppArmor 配置；Docker：--security-opt seccomp=unconfined --security-opt apparmor=unconfined。",
  "sandbox.problem_leaks": "没有沙箱：实测发现它挡不住（{detail}）。您能做的 Claude 都能做",
  "sandbox.problem_leaks_fix": "请更新 bubblewrap；若仍无效，请附上这一行报告问题。",
};
