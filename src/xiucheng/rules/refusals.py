"""Why something cannot be done (拒绝), in a sentence that says what to do next; the only exception that a person ever reads.

Every refusal has a code, an HTTP status and a sentence in Chinese and English; facts fill the braces.
"""

from typing import Any, Final, NamedTuple

from xiucheng.rules.refused_words import ENGLISH

SENTENCES: Final[dict[str, tuple[int, str, str]]] = {
    # the gateway
    "not_allowed": (403, "您的岗位不能对这个案件做“{act}”。", "Your post may not do “{act}” on this case."),
    "wrong_state": (409, "案件现在是“{state}”，不能做“{act}”。", "The case is “{state}” now; “{act}” is not possible."),
    "someone_faster": (
        409,
        "有人先一步处理了，案件现在是“{state}”。",
        "Someone was faster; the case is “{state}” now.",
    ),
    "unknown_act": (404, "没有“{act}”这个操作。", "There is no act “{act}”."),
    "case_unknown": (404, "找不到这个案件。", "There is no such case."),
    "key_reused": (
        409,
        "同一提交编号已用于另一份内容，请重新提交。",
        "This request key was used for other content; send again.",
    ),
    "missing": (422, "请填写“{field}”。", "Please fill in “{field}”."),
    "too_long": (422, "“{field}”太长，最多 {most} 个字。", "“{field}” is too long: {most} characters at most."),
    "no_words": (422, "请写几个字或者拍一张照片，我们才知道发生了什么。", "Write a few words or add a picture."),
    "bad_choice": (422, "“{field}”没有这个选项。", "“{field}” has no such choice."),
    "bad_time": (422, "“{field}”的时间不对：{why}。", "The time in “{field}” is not right: {why}."),
    "no_standard": (
        422,
        "没有立案条件不能立案：请先选类别和立案条件。",
        "Nothing is filed without a filing condition.",
    ),
    "other_standard": (422, "这条立案条件不属于该类别。", "This filing condition belongs to another category."),
    "no_place": (422, "请标出地点，或写明为什么没有地点。", "Give the place, or say why there is none."),
    "no_closing_condition": (
        422,
        "结案条件与立案条件不一致，不能结案。",
        "The closing condition must be the filing standard's.",
    ),
    "no_picture": (422, "请附上{which}照片。", "Please add the {which} picture."),
    "returned": (
        409,
        "责任单位已退单，要先重新派遣，不能直接往下办。",
        "The unit has returned the case; dispatch it again first.",
    ),
    "overdue": (409, "已经超时，不能再申请延期或挂账。", "It is overdue; no extension or suspension now."),
    "outer_deadline": (
        409,
        "时限由来文单位规定，这里不能延期：请向来文单位申请，改期后会自动更新。",
        "The deadline is another system's: ask there; it changes here when they change it.",
    ),
    "extended_twice": (409, "已经延期两次，不能再延。", "It has been extended twice already."),
    "suspended_once": (409, "已经挂过一次账，不能再挂。", "It has been suspended once already."),
    "ask_pending": (409, "已有一个申请在等审批。", "A request is already waiting for approval."),
    "no_ask": (409, "没有等待审批的申请。", "No request is waiting."),
    "same_approver": (403, "两级审批不能由同一个人完成。", "The two approvals must come from two people."),
    "appealed": (409, "这个案件已经申诉过一次。", "This case has been appealed once."),
    "not_overdue": (409, "案件没有超时，不用申诉。", "The case was not overdue; there is nothing to appeal."),
    "too_late": (409, "已过 {days} 天的期限，请重新反映。", "The {days} days have passed; please report again."),
    "not_yours": (403, "这不是您单位的案件。", "This case is not with your unit."),
    "merge_self": (
        422,
        "不能并入自己，也不能并入已并案的案件。",
        "A case cannot be merged into itself or a merged one.",
    ),
    "kind_differs": (422, "“{kind}”不走这一步。", "A “{kind}” does not take this step."),
    "not_signed": (409, "请先签收，再反馈。", "Sign it first."),
    "others_follow": (409, "还有其他人反映同一问题，案件会继续办理。", "Others follow this case; it goes on."),
    "has_followers": (
        409,
        "已有案件并入本案，请把本案作为主案件。",
        "Other cases follow this one; make it the main case.",
    ),
    "call_first": (409, "请先回访反映人，再决定维持结案。", "Call the reporter back before upholding."),
    "training_mix": (422, "培训案件只能和培训案件并案。", "Training cases stay among themselves."),
    "training_only": (
        403,
        "这是培训案件，请先在“我的账号”里进入培训模式。",
        "This is a training case; switch training mode on under “My account” first.",
    ),
    "training_off": (
        403,
        "您在培训模式，不能办正式案件；请先在“我的账号”里结束培训。",
        "You are in training mode and cannot work on a real case; end training under “My account” first.",
    ),
    # what comes in
    "bad_point": (
        422,
        "坐标不对：{why}。请在地图上重新点一下，或者不填坐标只写地点。",
        "The point is not right: {why}.",
    ),
    "bad_contact": (422, "“{field}”看起来不对，请检查一下。", "“{field}” does not look right; please check it."),
    "too_many_pictures": (422, "照片最多 {most} 张。", "At most {most} pictures."),
    # people
    "locked": (
        429,
        "登录失败次数太多，请 {minutes} 分钟后再试，或请系统管理员重设密码。",
        "Too many failed sign-ins; try again in {minutes} minutes, or ask the administrator for a new password.",
    ),
    "bad_setting": (422, "参数“{key}”的值不对：{why}。", "The setting “{key}” is not right: {why}."),
    "no_such_holder": (422, "这个人不在该岗位上。", "This person does not hold that post."),
    "twice_on_duty": (409, "这个人在这段时间已经排了班。", "This person is on duty in that time already."),
    "turn_unknown": (404, "找不到这一班。", "There is no such turn."),
    "turn_begun": (
        409,
        "已经开始的班不能删除，可以改为请假由B角顶班。",
        "A turn that has begun stays; mark A as away.",
    ),
    "no_deputy": (409, "这一班没有B角，不能请假；请先另排一人。", "This turn has no deputy; find one first."),
    "handover_unknown": (404, "找不到这张交接班单。", "There is no such handover."),
    "not_your_handover": (403, "这张交接班单不是交给您的。", "This handover is not for you."),
    "signed_already": (409, "已经签过字，不能再改。", "It is signed and cannot be changed."),
    "bulletin_unknown": (404, "找不到这条公告。", "There is no such notice."),
    "last_of_post": (
        409,
        "“{post}”只剩这一个人，请先安排接替的人。",
        "This is the last person at “{post}”; find a successor first.",
    ),
    "account_unknown": (404, "找不到这个账号。", "There is no such account."),
    "administrators_apart": (
        422,
        "系统、安全、审计管理员互相分开，也不兼任业务岗位。",
        "The three administrators are three people, and hold no other post.",
    ),
    "above_itself": (
        422,
        "“{unit}”现在归这个单位管，不能再作它的上级；请另选一个上级，或先改“{unit}”的上级。",
        "“{unit}” stands below this unit; choose another parent, or change the parent of “{unit}” first.",
    ),
    "sheet_faults": (
        422,
        "表里有 {count} 处问题，一行也没有导入。",
        "{count} faults in the sheet; nothing was imported.",
    ),
    "sheet_unreadable": (422, "读不了这个文件：{why}。", "The file cannot be read: {why}."),
    "unreadable_file": (422, "读不了这个文件：{why}。", "The file cannot be read: {why}."),
    "bad_characters": (
        422,
        "“{field}”里有读不出的字（字节损坏），请在原文件里改好这一行。",
        "“{field}” has characters that cannot be read (damaged bytes); correct this line in the file.",
    ),
    "open_quote": (
        422,
        "引号不成对，第 {first} 行到第 {last} 行没有读；单元格里面的引号要写两个，两头的引号要成对。",
        "Quotes do not pair; lines {first} to {last} were not read. Write a quote inside a cell twice, and close each cell.",
    ),
    "surplus_cells": (
        422,
        "这一行有 {cells} 格，表头只有 {columns} 列；多半是内容里的分隔符没有加引号，请给这一格加上引号。",
        "This line has {cells} cells under {columns} headings; put quotes around the cell that contains the separator.",
    ),
    "line_not_json": (
        422,
        "这一行不是有效的 JSON，从第 {column} 个字起看不懂；请改好这一行。",
        "This line is not valid JSON, from character {column} on; correct it.",
    ),
    "line_not_object": (
        422,
        "这一行是 JSON，但不是一条记录；每行要是一个对象，列名对值。",
        "This line is JSON but no record; each line must be an object of columns and values.",
    ),
    "no_end": (
        422,
        "状态是“{state}”，但“{column}”没有填；请补上终结的时间，还没有终结的请改状态。",
        "The state is “{state}” but “{column}” is empty; fill in when it ended, or correct the state.",
    ),
    "bad_mapping": (422, "字段对应不对：{why}。", "The mapping is not right: {why}."),
    "mapping_changed": (
        409,
        "上次迁入这个文件，读了 {read} 行后中断；此后字段对应“{name}”改过，不能接着做。请换回原来的对应再接着做，"
        "或者加上 --restart 用新的对应从头读：已迁入的案件保持原样，编号一列没有改就不会重复。",
        "The last import of this file was broken off after {read} rows, and the mapping “{name}” has changed since. Go on "
        "with the former mapping, or add --restart to read from the first row with the new one: cases that are in stay as "
        "they are, and none comes twice unless the column of the number has changed.",
    ),
    "import_running": (409, "这个文件正在导入，请等它做完。", "This file is being imported; wait until it is done."),
    # reading and data
    "limit_unreadable": (422, "看不懂时限“{text}”。", "The limit “{text}” cannot be read."),
    "hours_unusable": (
        422,
        "工作时间不对：要从早到晚、互不重叠，种植季节至少一个月。",
        "Working hours must run from early to late without overlap; the planting season needs a month.",
    ),
    "calendar_year_unknown": (
        422,
        "日历里没有 {year} 年的节假日，请先录入。",
        "The calendar does not know the holidays of {year}.",
    ),
    "pack_faults": (
        422,
        "配置包有 {count} 处差错，一条也没有载入。",
        "The district pack has {count} faults; nothing was loaded.",
    ),
    "workbook_faults": (
        422,
        "工作簿有 {count} 处差错，一条也没有导入。",
        "The workbook has {count} faults; nothing was imported.",
    ),
    "busy": (
        503,
        "系统正在恢复，请稍等几秒再试，内容不会丢。",
        "The service is recovering; try again in a few seconds.",
    ),
    # machines and phones
    "not_json": (400, "内容不是有效的 JSON。", "The body is not valid JSON."),
    "bad_field": (422, "“{field}”的格式不对：{why}。", "“{field}” is not right: {why}."),
    "too_big": (413, "内容太大，最多 {most}。", "Too big: {most} at most."),
    "sign_in": (401, "请先登录，或在请求里带上有效的令牌。", "Sign in, or send a valid token."),
    "change_password": (403, "请先修改初始密码。", "Change your first password first."),
    "no_post": (403, "您的岗位不能看这里。", "Your post may not look here."),
    "not_found": (404, "没有这个地址。", "There is no such address."),
    "code_unknown": (404, "查询码不对，请核对后再试。", "There is no report with this code; please check it."),
    "upload_unknown": (
        422,
        "照片没有传完或已过期，请重新上传。",
        "The picture has not arrived; please upload it again.",
    ),
    "task_taken": (409, "这项任务已由别人领取。", "Somebody else has taken this task."),
    # other systems
    "channel_off": (404, "这个渠道没有启用。", "This channel is switched off."),
    "bad_signature": (
        401,
        "签名不对：请核对密钥编号、密钥、时间戳，以及签名是否按原样的正文计算。",
        "The signature is not right: check key id, key and timestamp, and that the body was signed as it was sent.",
    ),
    "stale_request": (
        401,
        "请求的时间戳与现在相差超过 {seconds} 秒：请校准时钟，重新签名再发。",
        "The timestamp is more than {seconds} seconds away: set the clock, sign again and send again.",
    ),
    # pictures
    "picture_too_heavy": (
        413,
        "照片太大，每张最多 {most} MB，请换一张小些的。",
        "The picture is too heavy: {most} MB at most.",
    ),
    "picture_too_large": (
        422,
        "照片尺寸太大（最多 {most} 万像素），请换一张小些的。",
        "The picture is too large: {most}0,000 pixels at most.",
    ),
    "picture_unknown": (
        422,
        "这个文件不是照片。请发 JPG、PNG 或 WebP 格式的照片。",
        "This is not a picture we can read. Please send JPG, PNG or WebP.",
    ),
    "no_room": (
        507,
        "照片暂时存不下，已经传来的部分没有丢；请过几分钟再传一次，还不行请告诉系统管理员。",
        "There is no room for the picture now; what has arrived is kept. Send it again in a few minutes, or tell the administrator.",
    ),
    "picture_broken": (422, "照片没有传完整，请重新选一次。", "The picture is damaged; please choose it again."),
    "too_many": (429, "提交得太快了，请 {seconds} 秒后再试。", "Too many; try again in {seconds} seconds."),
}


class Pair(NamedTuple):
    """A fact in both languages, where it is made up of parts."""

    zh: str
    en: str


def _in_english(fact: Any) -> Any:
    """Our own words by the table; what was typed, and names of this city, stay as they are."""
    return ENGLISH.get(fact, fact) if isinstance(fact, str) else getattr(fact, "en", fact)


class Refused(Exception):  # noqa: N818 - a refusal is an answer, not an error
    """One refusal: `Refused("missing", field="原因")`. A fact is a text, a number, or anything that has `zh` and `en`."""

    def __init__(self, code: str, **facts: Any) -> None:
        super().__init__(code)
        self.code = code
        self.facts = facts

    @property
    def status(self) -> int:
        """HTTP status of this refusal."""
        return SENTENCES[self.code][0]

    @property
    def zh(self) -> str:
        """The sentence in Chinese."""
        facts = {name: getattr(fact, "zh", fact) for name, fact in self.facts.items()}
        return SENTENCES[self.code][1].format(**facts)

    @property
    def en(self) -> str:
        """The sentence in English."""
        facts = {name: _in_english(fact) for name, fact in self.facts.items()}
        return SENTENCES[self.code][2].format(**facts)

    def __str__(self) -> str:
        return f"{self.zh} [{self.code}]"
