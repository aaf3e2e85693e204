import type { durabilityEn } from "./durability-en.ts";

/** Backups and what the database may suffer, in Chinese. */
export const durabilityZh: Record<keyof typeof durabilityEn, string> = {
  "cli.describe.backup": "立即把数据库备份到备份目录，或列出已有备份",
  "cli.describe.restore": "用备份替换数据库（须先停止 Steward）",
  "cli.option.backup_list": "只列出备份，不新建",
  "cli.argument.backup_file": "备份的名称或路径；省略则用最新的完好备份",
  "cli.backup.taken": "已备份：{path}（{size}）",
  "cli.backup.none": "{path} 中没有备份",
  "cli.backup.name": "名称",
  "cli.backup.when": "时间",
  "cli.backup.size": "大小",
  "cli.backup.no_database": "{path} 处还没有数据库；首次启动时会创建。",
  "cli.backup.failed": "无法完成备份：{reason}",
  "cli.restore.running": "Steward 正在运行（进程 {pid}）。请先停止它，恢复之后再重新启动。",
  "cli.restore.none": "在 {path} 中找不到完好的备份。请指定其他文件：steward restore 文件",
  "cli.restore.missing": "没有名为“{file}”的备份。可用 steward backup --list 查看。",
  "cli.restore.damaged": "{path} 已损坏，未恢复（{reason}）。请另选一个：steward backup --list",
  "cli.restore.done": "已恢复 {moment} 的备份：{name}",
  "cli.restore.kept": "原来的文件保留在：{path}",
  "cli.restore.start": "请重新启动 Steward：npm start",
  "cli.restore.failed": "无法恢复备份：{reason}。原有数据未改动，或保留在同一目录下。",
  "start.database_damaged":
    "Steward 无法启动：数据库已损坏（{reason}）。没有改动任何内容。请恢复 {moment} 的备份，然后重新启动：\n  npm run -s steward -- restore {name}",
  "start.database_damaged_no_backup":
    "Steward 无法启动：数据库已损坏（{reason}）。没有改动任何内容，{folder} 中也没有完好的备份。如果别处有副本：\n  npm run -s steward -- restore /path/to/copy.db",
};
