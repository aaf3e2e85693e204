import type { sandboxEn } from "./sandbox-en.ts";

/** 沙箱及其障碍。 */
export const sandboxZh: Record<keyof typeof sandboxEn, string> = {
  "error.sandbox_required":
    "此聊天设为不经询问直接执行（bypassPermissions），但它所需的沙箱没有生效。请改用其他模式，或在服务器上运行 `steward doctor` 查看原因。",
  "cli.doctor.sandbox": "沙箱：Claude 在隔离环境中工作（已实测，{ms} 毫秒）",
  "cli.doctor.sandbox_off": "沙箱已关闭：凡是您能读、能改、能访问的，Claude 都可以",
  "cli.doctor.sandbox_off_fix": "从 .env 中去掉 STEWARD_SANDBOX=off，然后重启。",
  "cli.doctor.sandbox_platform": "此系统（{detail}）没有沙箱：您能做的 Claude 都能做",
  "cli.doctor.sandbox_platform_fix": "请在 Linux 上，或在单独的虚拟机里运行 Steward。",
  "cli.doctor.sandbox_missing": "没有沙箱：未安装 bubblewrap。您能做的 Claude 都能做",
  "cli.doctor.sandbox_missing_fix":
    "请安装它（Debian、Ubuntu：sudo apt install bubblewrap），然后重启 Steward。",
  "cli.doctor.sandbox_broken": "没有沙箱：bubblewrap 无法运行（{detail}）。您能做的 Claude 都能做",
  "cli.doctor.sandbox_broken_fix": "请重新安装 bubblewrap，然后重启 Steward。",
  "cli.doctor.sandbox_refused":
    "没有沙箱：这台机器不允许 bubblewrap 工作（{detail}）。您能做的 Claude 都能做",
  "cli.doctor.sandbox_refused_fix":
    "请允许非特权用户命名空间。Ubuntu 24.04：为 bwrap 添加 AppArmor 配置；Docker：--security-opt seccomp=unconfined --security-opt apparmor=unconfined。",
  "cli.doctor.sandbox_leaks": "没有沙箱：实测发现它挡不住（{detail}）。您能做的 Claude 都能做",
  "cli.doctor.sandbox_leaks_fix": "请更新 bubblewrap；若仍无效，请附上这一行报告问题。",
  "cli.doctor.service_no_sandbox": "这里沙箱可用，但正在运行的 Steward 没有使用：您能做的 Claude 都能做",
};
