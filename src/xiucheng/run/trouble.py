"""What goes wrong around the service, said so that the person at the terminal knows the way out (故障说明)."""

from typing import Any

SENTENCES: dict[str, tuple[str, str]] = {
    "no_postgres": (
        "没有找到 PostgreSQL（需要 {version}）。请重新执行 make run 安装，或请管理员执行：apt-get install postgresql-15。",
        "No PostgreSQL ({version}) was found. Run make run again, or ask an administrator for: apt-get install postgresql-15.",
    ),
    "socket_path_too_long": (
        "数据目录的路径太长：{folder}。请把 XIUCHENG_DATA 设为较短的路径。",
        "The path of the data folder is too long: {folder}. Set XIUCHENG_DATA to a shorter one.",
    ),
    "folder_not_ours": (
        "目录 {folder} 属于其他用户。请换一个数据目录（XIUCHENG_DATA），或请管理员把它交给当前用户。",
        "The folder {folder} belongs to another user. Choose another data folder (XIUCHENG_DATA) or have it handed over.",
    ),
    "root_without_user": (
        "PostgreSQL 不能以 root 身份运行，这台机器又没有可用的普通用户。请用普通用户执行，或设置 DATABASE_URL。",
        "PostgreSQL does not run as root and there is no other user here. Run as an ordinary user, or set DATABASE_URL.",
    ),
    "other_postgres": (
        "数据由 PostgreSQL {laid} 写成，这里是 {here}：{folder}。请先用旧版本 xiucheng backup，再用新版本 xiucheng restore。",
        "The data were written by PostgreSQL {laid}, this is {here}: {folder}. Back up with the old one, restore with the new.",
    ),
    "database_failed": (
        "数据库没有启动。它说：\n{said}",
        "The database did not start. It said:\n{said}",
    ),
    "disk_full": (
        "磁盘空间不足（至少需要 500 MB）{folder}。请清理磁盘，或把 XIUCHENG_DATA 设到另一块盘上，然后重新执行。",
        "The disk is full (500 MB are needed) {folder}. Free some space or point XIUCHENG_DATA to another disk, then run again.",
    ),
    "port_in_use": (
        "端口 {port} 已被占用。请停掉占用它的程序，或换一个端口：xiucheng run --port {other}（make run PORT={other}）。",
        "Port {port} is in use. Stop the program that uses it, or take another: xiucheng run --port {other} (make run PORT={other}).",
    ),
    "bad_port": (
        "没有 {port} 这个端口：端口须在 1 到 65535 之间，实时推送默认用网页端口的下一个。请换一个：xiucheng run --port 8000。",
        "There is no port {port}: ports go from 1 to 65535, and live events take the one after the pages'. Take another: xiucheng run --port 8000.",
    ),
    "same_port": (
        "网页和实时推送不能用同一个端口 {port}。请用 --live-port 给实时推送另指定一个，或不写它。",
        "Pages and live events cannot share port {port}. Name another with --live-port, or leave it out.",
    ),
    "port_reserved": (
        "当前用户不能使用端口 {port}（1024 以下归 root）。请换一个端口：xiucheng run --port 8000。",
        "This user may not use port {port} (those below 1024 are root's). Take another: xiucheng run --port 8000.",
    ),
    "no_such_host": (
        "这台机器没有监听地址 {host}。只在本机使用请写 --host 127.0.0.1，允许其他机器访问请写 --host 0.0.0.0。",
        "This machine has no address {host} to listen on. Use --host 127.0.0.1 for this machine only, --host 0.0.0.0 for others too.",
    ),
    "already_running": (
        "绣城已在运行（进程 {pid}，数据目录 {folder}）。请先停止它，或用 XIUCHENG_DATA 另设数据目录。",
        "Xiucheng is running already (process {pid}, data folder {folder}). Stop it, or set XIUCHENG_DATA to another folder.",
    ),
    "newer_data": (
        "数据目录由较新的版本（{theirs}）写成，本程序是 {ours}：{folder}。请升级程序，或用 XIUCHENG_DATA 换一个数据目录。",
        "The data folder was written by a newer version ({theirs}), this is {ours}: {folder}. Upgrade, or set XIUCHENG_DATA.",
    ),
    "damaged_version": (
        "版本文件 {file} 是空的或已损坏；数据没有改动。请把它的内容改成 {content}（演示城区写 true），再执行一次。",
        "The file {file} is empty or damaged; the data are as they were. Write {content} into it (true for a demo), then run again.",
    ),
    "damaged_secrets": (
        "密钥文件 {file} 是空的或已损坏，没有它读不出反映人的信息；数据没有改动。请从保存的副本放回该文件，再执行一次。",
        "The secrets file {file} is empty or damaged, and personal data cannot be read without it. Put your kept copy back, then run again.",
    ),
    "not_a_folder": (
        "数据目录 {folder} 不是文件夹。请把它移开，或用 XIUCHENG_DATA 换一个数据目录。",
        "The data folder {folder} is not a folder. Move it away, or set XIUCHENG_DATA to another.",
    ),
    "data_not_writable": (
        "不能写入数据目录 {folder}：{said}。请检查权限，或用 XIUCHENG_DATA 换一个数据目录。",
        "The data folder {folder} cannot be written: {said}. Check its permissions, or set XIUCHENG_DATA to another.",
    ),
    "secrets_missing": (
        "数据库里已有数据，却没有密钥文件 {file}。没有它，反映人的信息读不出来。请从备份中放回该文件后再启动。",
        "There are data but no secrets file {file}. Without it, personal data cannot be read. Put the file back, then start.",
    ),
    "not_prepared": (
        "准备数据库时出错（退出码 {exit_code}），原因见上。数据没有改动的步骤会在下次启动时继续。",
        "Preparing the database failed (exit code {exit_code}); see above. The next start goes on where this one stopped.",
    ),
    "pack_refused": (
        "城区配置包有 {count} 处差错，没有载入：\n{said}\n请改正后再启动；可先用 xiucheng import pack 文件夹 --check 核对。",
        "The district pack has {count} faults and was not loaded (see above). Mend them; xiucheng import pack FOLDER --check looks first.",
    ),
    "bad_database_url": (
        "DATABASE_URL 应以 postgresql:// 开头。请改正它，或去掉它以使用内置数据库。",
        "DATABASE_URL must begin with postgresql://. Mend it, or leave it out to use the built-in database.",
    ),
    "web_failed": (
        "网页服务没有启动。日志 {log} 的最后几行：\n{said}",
        "The pages did not start. The last lines of {log}:\n{said}",
    ),
    "file_exists": (
        "{file} 已存在。请换一个文件名，或加 --force 覆盖。",
        "{file} exists. Choose another name, or overwrite it with --force.",
    ),
    "is_folder": (
        "{file} 是一个文件夹。请写上备份文件名，例如 {file}/xiucheng.tar.gz。",
        "{file} is a folder. Add the name of the backup file, as {file}/xiucheng.tar.gz.",
    ),
    "no_folder": (
        "没有文件夹 {folder}。请先建好它，或换一个位置。",
        "There is no folder {folder}. Make it first, or take another place.",
    ),
    "target_full": (
        "{folder} 空间不足，备份没有写成，也没有留下不完整的文件；数据没有改动。请清理它，或换一块盘，再执行一次。",
        "{folder} is full: no backup was written and nothing incomplete is left. Free some space or take another disk, then run again.",
    ),
    "bad_accounts": ("{said}。", "The accounts of the channels cannot be read: {said}."),
    "no_channel": ("没有渠道 {name}。现有：{known}。", "There is no channel {name}. There are: {known}."),
    "channel_off": (
        "渠道 {name} 没有启用。请在 {file} 里写上它的账号（格式见 docs/channels.md）。",
        "The channel {name} is switched off. Write its account into {file} (see docs/channels.md).",
    ),
    "no_message": (
        "{file} 里没有 id 为 {id} 的留言。请先用 xiucheng triage topics 看有哪些。",
        "{file} has no message with the id {id}. See which there are with xiucheng triage topics.",
    ),
    "no_file": ("找不到文件 {file}。", "There is no file {file}."),
    "dump_failed": ("导出数据库失败：{said}", "The database could not be dumped: {said}"),
    "fill_failed": ("导入数据库失败：{said}", "The database could not be filled: {said}"),
    "bad_backup": (
        "备份文件不完整或已损坏（{said}）。请换一份备份；数据目录没有改动。",
        "The backup is incomplete or damaged ({said}). Take another; the data folder was not touched.",
    ),
    "not_empty": (
        "{folder} 里已有数据，没有恢复。请另设 XIUCHENG_DATA，或加 --force（原有数据会移到旁边）。",
        "{folder} holds data; nothing was restored. Set XIUCHENG_DATA, or use --force (what is there moves aside).",
    ),
    "newer_backup": (
        "备份 {file} 由较新的版本（{theirs}）写成，本程序是 {ours}。请先升级程序再恢复；数据目录没有改动。",
        "The backup {file} was written by a newer version ({theirs}), this is {ours}. Upgrade, then restore; the data folder was not touched.",
    ),
    "not_restored": (
        "没有恢复：{zh}\n数据目录 {folder} 还和恢复之前一样，原有数据没有改动。",
        "Nothing was restored: {en}\nThe data folder {folder} is as it was before.",
    ),
    "wrong_passphrase": ("口令不对，请再试一次。", "The passphrase is wrong; try again."),
    "no_passphrase": (
        "没有终端可以输入口令。请用环境变量 XIUCHENG_PASSPHRASE 给出口令，再执行一次。",
        "There is no terminal to ask for the passphrase. Give it as XIUCHENG_PASSPHRASE, then run again.",
    ),
    "no_service": (
        "{address} 没有回答：{said}。请检查地址，或先启动服务：xiucheng run（make run）。",
        "{address} does not answer: {said}. Check the address, or start the service: xiucheng run (make run).",
    ),
    "short_passphrase": ("口令太短，至少 10 个字符。", "The passphrase is too short: 10 characters at least."),
    "wrong_secrets": (
        "密钥与备份不符，读不出反映人的信息，没有恢复。请用 --secrets 指定备份时的 secrets.json。",
        "The keys do not fit the backup, so nothing was restored. Name the secrets.json of that time with --secrets.",
    ),
    "count_differs": (
        "读入 {read} 条，数据库里却有 {stored} 条。请再执行一次；仍然不一致时请运行 xiucheng doctor。",
        "{read} were read but {stored} are stored. Run it again; if they still differ, run xiucheng doctor.",
    ),
    "no_data": (
        "{folder} 里还没有数据。请先执行 xiucheng run（make run）。",
        "There are no data in {folder} yet. Start with xiucheng run (make run).",
    ),
    "not_running": (
        "绣城没有在运行，这个命令需要它。请先执行 xiucheng run（make run）。",
        "Xiucheng is not running, and this command needs it. Start it first: xiucheng run (make run).",
    ),
    "not_demo": (
        "这不是演示城区，不能演示。演示只在第一次启动时没有指定自己的配置包（--pack）的数据目录里进行。",
        "This is not the demo district. A demo runs only in a data folder whose first start named no pack of its own (--pack).",
    ),
    "database_unreachable": (
        "连不上 DATABASE_URL 所指的数据库：{said}。已确认的数据没有丢失。请检查地址、账号和网络，数据库可用后再执行一次。",
        "The database of DATABASE_URL cannot be reached: {said}. Nothing acknowledged is lost. Check address, account and network, then run again.",
    ),
    "database_lost": (
        "与数据库的连接中断了：{said}。已确认的数据没有丢失，没做完的一步没有留下。请用 xiucheng doctor 查看，再执行一次。",
        "The connection to the database broke: {said}. Nothing acknowledged is lost. Look with xiucheng doctor, then run again.",
    ),
    "no_space": (
        "磁盘空间不足或超出配额{folder}，没有做完。已确认的数据没有丢失。请清理磁盘或换一块盘，再执行一次。",
        "The disk or the quota is full{folder}; it was not finished. Nothing acknowledged is lost. Free some space, then run again.",
    ),
    "no_permission": (
        "没有权限使用 {file}（{said}）。请换一个位置，或请管理员把它交给当前用户，再执行一次。",
        "No permission for {file} ({said}). Take another place or have it handed over, then run again.",
    ),
    "stopped": ("已停止，没有做完。", "Stopped before it was done."),
    "bug": (
        "程序出错了（{said}），没有做完。请把上面的英文报错发给维护人员；再执行一次之前先用 xiucheng doctor 查看。",
        "A fault of the program ({said}). Send what stands above to the maintainers; look with xiucheng doctor before another try.",
    ),
}


class Trouble(Exception):  # noqa: N818 - it is what it is called
    """One of the sentences above, with its facts filled in; `zh` and `en` are what is shown."""

    def __init__(self, code: str, **facts: Any) -> None:
        self.code = code
        self.facts = facts
        zh, en = SENTENCES[code]
        self.zh = zh.format(**facts)
        self.en = en.format(**facts)
        super().__init__(self.en)
