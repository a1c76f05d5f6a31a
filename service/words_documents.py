"""Both dictionaries' words for documents: why one is not read, and what is told beside the text of one that is."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

_REFUSED = {
    "empty": ("The document is empty.", "Choose the file again.", "文件是空的。", "请重新选择文件。"),
    "too_large": (
        "The document is larger than 13 MB.",
        "Send it without its pictures, in parts, or paste its text.",
        "文件超过 13 MB。",
        "请去掉图片、分成几份上传，或直接粘贴文字。",
    ),
    "unknown": (
        "The document is of no kind that is read here.",
        "Send plain text, Word (.docx), PDF, HTML or RTF, or paste its text.",
        "无法识别该文件的类型。",
        "请上传纯文本、Word（.docx）、PDF、HTML 或 RTF 文件，或直接粘贴文字。",
    ),
    "old_word": (
        "The document is of the old Word or WPS format (.doc, .wps), which is not read here.",
        "Open it in Word or WPS, save it as .docx, and send that; or paste its text.",
        "该文件是旧版 Word 或 WPS 格式（.doc、.wps），无法读取。",
        "请用 Word 或 WPS 打开，另存为 .docx 后再上传；或直接粘贴文字。",
    ),
    "other_office": (
        "The document is of another office program (.{named}), which is not read here.",
        "Save it as .docx or PDF, or paste its text.",
        "该文件是其他办公软件的格式（.{named}），无法读取。",
        "请另存为 .docx 或 PDF 后再上传，或直接粘贴文字。",
    ),
    "archive": (
        "The file is an archive of files and not a document.",
        "Unpack it, and send its documents one by one.",
        "该文件是压缩包，不是文档。",
        "请解压后逐个上传其中的文档。",
    ),
    "web_archive": (
        "The document is a web archive (MHTML), which is not read here.",
        "Open it in Word or a browser, save it as .docx or PDF, and send that.",
        "该文件是网页存档（MHTML），无法读取。",
        "请用 Word 或浏览器打开，另存为 .docx 或 PDF 后再上传。",
    ),
    "picture": (
        "The file is a picture, and pictures of notes are not read.",
        "Send the document it was made of, or type its text. A face photo goes under photos.",
        "该文件是图片，无法读取图片中的文字。",
        "请上传原始文档，或录入文字；面部照片请在“照片”处上传。",
    ),
    "encrypted": (
        "The document is protected by encryption.",
        "Open it with its password, save or print it to a file without one, and send that.",
        "该文件已加密保护。",
        "请用密码打开，另存或打印为不加密的文件后再上传。",
    ),
    "encoding": (
        "The encoding of the text cannot be told.",
        "Save it as UTF-8, and send that.",
        "无法判断文本的字符编码。",
        "请另存为 UTF-8 编码后再上传。",
    ),
    "no_text_layer": (
        "The PDF has no text layer: its pages are pictures, as a scanner makes them.",
        "Send the document it was made of, run text recognition (OCR) on it first, or type its text.",
        "该 PDF 没有文字层：各页都是图像（如扫描件）。",
        "请上传原始文档，或先做文字识别（OCR），或录入文字。",
    ),
    "no_text": (
        "The document holds no text.",
        "Choose another one, or type its text.",
        "文件中没有文字。",
        "请另选文件，或录入文字。",
    ),
    "unreadable_fonts": (
        "The fonts of the PDF do not say which characters they show.",
        "Make the PDF anew from its document, or copy and paste its text and check it.",
        "该 PDF 的字体没有说明所显示的是哪些字符，无法还原文字。",
        "请由原始文档重新生成 PDF，或复制粘贴文字并核对。",
    ),
    "damaged": (
        "The document is damaged.",
        "Open it in its own program, save it anew, and send that.",
        "文件已损坏。",
        "请用原来的软件打开，重新保存后再上传。",
    ),
    "entities": (
        "The document defines entities of its own, which is not allowed in it.",
        "Open it in Word, save it anew, and send that.",
        "文件中自定义了实体，不允许读取。",
        "请用 Word 打开，重新保存后再上传。",
    ),
    "expands": (
        "The document unpacks to far more than its size.",
        "Save it without pictures and attachments, or paste its text.",
        "文件解压后远远超出其大小。",
        "请去掉图片和附件后另存，或直接粘贴文字。",
    ),
    "too_many_pages": (
        "The document has more than 500 pages.",
        "Send the pages that matter.",
        "文件超过 500 页。",
        "请只上传需要的页。",
    ),
    "too_long": (
        "The text of the document is longer than 1,000,000 characters.",
        "Send it in parts.",
        "文件的文字超过 1000000 个字符。",
        "请分成几份上传。",
    ),
    "too_slow": (
        "Reading the document took too long.",
        "Send it in parts, or paste its text.",
        "读取文件用时过长。",
        "请分成几份上传，或直接粘贴文字。",
    ),
    "too_complex": (
        "The document is too complex to be read.",
        "Save it anew in a simpler form, or paste its text.",
        "文件过于复杂，无法读取。",
        "请以较简单的格式另存，或直接粘贴文字。",
    ),
    "failed": (
        "The document could not be read.",
        "Open it in its own program, save it anew, or paste its text.",
        "无法读取该文件。",
        "请用原来的软件打开并重新保存，或直接粘贴文字。",
    ),
}
_NOTICES = {
    "encoding": ("Read as {named}: check that the characters are right.", "按 {named} 编码读取：请核对文字是否正确。"),
    "running_lines": (
        "Heads and feet that repeat on the pages are kept once: {count}.",
        "各页重复的页眉、页脚只保留一次：{count} 处。",
    ),
    "page_numbers": ("Page numbers were left out: {count}.", "已去掉页码：{count} 个。"),
    "pages_without_text": (
        "Pages without text, which may be scans, were not read: {named}.",
        "以下页没有文字（可能是扫描图像），未读取：第 {named} 页。",
    ),
    "recognised": (
        "The text of these pages comes from text recognition (OCR) and may have errors: {named}.",
        "以下页的文字来自文字识别（OCR），可能有误：第 {named} 页。",
    ),
    "unreadable": (
        "Characters that could not be read stand as \ufffd: {count}.",
        "无法识别的字符以 \ufffd 表示：{count} 个。",
    ),
    "pictures": ("Pictures were not read: {count}.", "图片未读取：{count} 张。"),
    "embedded": (
        "Embedded files, charts and drawings were not read: {count}.",
        "嵌入的文件、图表未读取：{count} 个。",
    ),
    "deleted": (
        "Tracked changes were taken as accepted; deleted passages left out: {count}.",
        "修订按已接受处理，删除的内容未读取：{count} 处。",
    ),
    "struck": ("Text that is struck through was left out: {count}.", "带删除线的文字未读取：{count} 处。"),
    "hidden": ("Hidden text was left out: {count}.", "隐藏的文字未读取：{count} 处。"),
    "comments": ("Comments were not read: {count}.", "批注未读取：{count} 条。"),
    "placeholders": (
        "Fields of the form that were not filled in were left out: {count}.",
        "表单中未填写的项未读取：{count} 项。",
    ),
    "tables": (
        "Tables were read row by row, without their headings beside each cell: {count}.",
        "表格按行读取，各单元格不带表头：{count} 个。",
    ),
    "unticked": (
        "There are boxes that were not ticked; check every finding beside one: {count}.",
        "有未勾选的方框，请逐一核对其旁的表现：{count} 个。",
    ),
    "controls": ("Control characters were left out: {count}.", "控制字符未读取：{count} 个。"),
}
_ENGLISH = {
    **{f"refused.{why}": what for why, (what, _, _, _) in _REFUSED.items()},
    **{f"refused.{why}.mend": mend for why, (_, mend, _, _) in _REFUSED.items()},
    **{f"notice.{kind}": english for kind, (english, _) in _NOTICES.items()},
}
_CHINESE = {
    **{f"refused.{why}": what for why, (_, _, what, _) in _REFUSED.items()},
    **{f"refused.{why}.mend": mend for why, (_, _, _, mend) in _REFUSED.items()},
    **{f"notice.{kind}": chinese for kind, (_, chinese) in _NOTICES.items()},
}

DOCUMENTS_ENGLISH: Mapping[str, str] = MappingProxyType({f"document.{key}": text for key, text in _ENGLISH.items()})
DOCUMENTS_CHINESE: Mapping[str, str] = MappingProxyType({f"document.{key}": text for key, text in _CHINESE.items()})
