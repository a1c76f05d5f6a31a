"""HTML as hospital systems and Word write it."""

from __future__ import annotations

import pytest


def page(body: str) -> bytes:
    return f"<!DOCTYPE html><html><head><title>t</title><style>p {{}}</style></head><body>{body}</body></html>".encode()


@pytest.mark.parametrize(
    ("body", "text"),
    [
        ("<p>One\n  two<p>Three<div>Four</div>Five", "One two\nThree\nFour\nFive"),
        ("患儿<b>癫</b>痫\n发作，\n  Marfan 综合征", "患儿癫痫发作， Marfan 综合征"),
        ("a<br>b<br><br>c", "a\nb\n\nc"),
        ("<ul><li>one<li>two</ul>", "one\ntwo"),
        ("<table><tr><td>Hearing loss<td>no<tr><th>Fits<td>yes</table>", "Hearing loss: no\nFits: yes"),
        ("<table><tr><td><p>Exam</p></td><td><p>short</p><p>thin</p></td></tr></table>", "Exam: short\nthin"),
        ("<table><tr><td>a<table><tr><td>b<td>c</table>d<td>e</table>", "a\nb: c\nd\ne"),
        ("<pre>a  b\nc</pre>", "a  b\nc"),
        ("x &lt;b&gt; &amp; &#30315;&nbsp;", "x <b> & 癫"),
        ("<!-- no --><script>no()</script><![if x]>yes<![endif]>", "yes"),
        ("<input type=checkbox checked> fits <input type=radio> deaf <input value='12 kg'>", "☒ fits ☐ deaf 12 kg"),
        ("</p></td>stray</tr>", "stray"),
    ],
)
def test_what_a_browser_shows_is_read(read_here, body, text):
    document = read_here(page(body))
    assert (document.text, document.kind) == (text, "html")


@pytest.mark.parametrize(
    ("body", "notice"),
    [
        ("a<span hidden>b</span>c", "hidden"),
        ("a<p style='display: none'>b</p>c", "hidden"),
        ("a<span style='mso-hide:all'>b<b>b</b></span>c", "hidden"),
        ("a<del>b</del>c", "deleted"),
        ("a<s>b</s>c", "struck"),
        ("a<span style='text-decoration: line-through red'>b</span>c", "struck"),
        ("a<img src=x>c", "pictures"),
        ("a<svg><text>b</text></svg>c", "embedded"),
    ],
)
def test_what_is_left_out_is_told(read_here, told, body, notice):
    document = read_here(page(body))
    assert document.text.replace("\n", "") == "ac"
    assert told(document)[notice] == 1


@pytest.mark.parametrize(
    ("head", "codec"),
    [
        ("<meta charset=gb2312>", "gb18030"),
        ('<meta http-equiv="Content-Type" content="text/html; charset=big5">', "big5"),
    ],
)
def test_the_encoding_that_a_page_names_is_taken(read_here, told, head, codec):
    document = read_here(f"<html><head>{head}</head><body><p>脊柱異常</p></body></html>".encode(codec))
    assert (document.text, told(document)) == ("脊柱異常", {})


def test_a_wrong_name_of_the_encoding_is_not_believed(read_here):
    assert read_here("<html><head><meta charset=big5></head>癫痫</html>".encode()).text == "癫痫"
