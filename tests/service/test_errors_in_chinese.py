"""Errors are answered in the language of whoever asks; tests/service/test_error_sentences.py holds the sentences."""

from __future__ import annotations

import re
from collections.abc import Mapping

import pytest

from service.error_sentences import ERROR_SENTENCES


def test_english_stays_as_it_was_raised():
    assert ERROR_SENTENCES.told("This id is used twice.", "en") == "This id is used twice."


@pytest.mark.parametrize(
    ("english", "chinese"),
    [
        ("There are 3 faults; see errors.", "有 3 处错误，见 errors。"),
        ("The case is draft; a second signature follows a first one.", "病例状态为“草稿”；首次签名之后才能复核签名。"),
        ("There is no consent to keeping and assessing this case.", "尚未取得同意：保存并评估本病例。"),
        ("Send one of 'en', 'de' or 'zh'.", "可选：'en', 'de' 或 'zh'。"),
        ("Send application/pdf or text/plain.", "请发送 application/pdf 或 text/plain。"),
        ("There are more than 500 findings.", "表型超过 500 项。"),  # not {max_length} = "500 findings"
        ("HP:0000152 (Abnormality of head or neck) is not a phenotypic abnormality.",
         "HP:0000152（Abnormality of head or neck）不是表型异常术语。"),
        ("Nobody wrote this.", "Nobody wrote this."),
    ],
)  # fmt: skip
def test_sentences_are_told_in_chinese(english, chinese):
    assert ERROR_SENTENCES.told(english, "zh") == chinese


CHINESE = {"Accept-Language": "zh-CN,zh;q=0.9,en;q=0.8"}
HAN = re.compile("[\u4e00-\u9fff]")


def rank(client, headers: Mapping[str, str]):
    features = [{"id": "HP:7777777"}, {"id": "Seizure"}, {"id": "HP:0001250", "excluded": 3}]
    return client.post("/api/v1/rank", json={"features": features}, headers=dict(headers))


def test_every_word_of_a_problem_is_chinese_where_chinese_is_asked_for(client, problem):
    answer = rank(client, CHINESE)
    told = problem(answer, 422)
    assert answer.headers["content-language"] == "zh"
    assert told["title"] == "输入有误"
    assert told["detail"] == "有 3 处错误，见 errors。"
    assert [(fault["field"], fault["what"], fault["mend"]) for fault in told["errors"]] == [
        ("features[1].id", "格式不符合要求。", "须符合格式 ^HP:[0-9]{7}$"),
        ("features[2].excluded", "此项既不是 true，也不是 false。", "请发送 true 或 false，不加引号。"),
        ("features[0].id", "本 HPO 版本中没有 HP:7777777。", "请核对编号，或用 GET /api/v1/terms 搜索。"),
    ]


def test_a_problem_is_the_same_in_english_but_for_its_words(client):
    english, chinese = rank(client, {}), rank(client, CHINESE)
    assert "content-language" not in english.headers
    assert rank(client, {"Accept-Language": "en, zh;q=0.5"}).json() == rank(client, {"Accept-Language": "fr"}).json()
    assert rank(client, {"Accept-Language": "fr"}).json() == english.json()
    assert [each["field"] for each in chinese.json()["errors"]] == [each["field"] for each in english.json()["errors"]]
    assert {key: chinese.json()[key] for key in ("type", "status")} == {
        key: english.json()[key] for key in ("type", "status")
    }


def test_the_language_chosen_on_a_page_goes_before_that_of_the_browser(client):
    assert HAN.search(rank(client, {"Cookie": "phenomap-language=zh", "Accept-Language": "en"}).json()["detail"])
    assert not HAN.search(rank(client, {"Cookie": "phenomap-language=en", **CHINESE}).text)


@pytest.mark.parametrize(
    ("method", "path", "more", "status"),
    [
        ("GET", "/nowhere", {}, 404),
        ("DELETE", "/api/v1/rank", {}, 405),
        ("POST", "/api/v1/rank", {"content": b"{", "headers": {"Content-Type": "application/json"}}, 400),
        ("POST", "/api/v1/rank", {"content": b"x", "headers": {"Content-Type": "text/plain"}}, 415),
        ("POST", "/api/v1/rank", {"content": b" " * 13_000_001}, 413),
        ("POST", "/api/v1/rank", {"json": {}, "headers": {"Origin": "https://elsewhere.example"}}, 403),
        ("GET", "/", {"headers": {"Host": "elsewhere.example"}}, 403),
        ("GET", "/api/v1/diseases/OMIM:999999", {}, 404),
    ],
)
def test_no_english_sentence_is_left(client, problem, method, path, more, status):
    """What the application's handlers answer, and what its guards do before them."""
    headers = {**more.pop("headers", {}), **CHINESE}
    told = problem(client.request(method, path, headers=headers, **more), status)
    texts = [told["title"], told["detail"], *(f[part] for f in told["errors"] for part in ("what", "mend"))]
    assert [text for text in texts if not HAN.search(text)] == []


def test_many_faults_are_counted_in_chinese(client, problem):
    body = {"text": "a", **{f"k{i}": 0 for i in range(500)}}
    answer = problem(client.post("/api/v1/extract", json=body, headers=CHINESE), 422)
    assert answer["detail"] == "有 500 处错误，见 errors。只列出前 100 处。"
    assert {fault["what"] for fault in answer["errors"]} == {"没有此名称的字段。"}
