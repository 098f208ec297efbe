"""The operators' page of words: looked up, refused, related, decided on in bulk, taken back, sent out and read in."""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable, Iterator

import httpx
import pytest
from fastapi import FastAPI
from sqlalchemy import delete
from sqlmodel import select
from starlette.testclient import TestClient

from app.core.actor import SYSTEM
from app.core.ids import new_id
from app.core.runtime import Runtime
from app.knowledge.models import WordRelation, pair_key
from app.knowledge.service import tell_matching

pytestmark = pytest.mark.one_database
SignIn = Callable[..., TestClient]
Suggest = Callable[..., WordRelation]
_numbers = itertools.count(1)
PAGE = "/words"


@pytest.fixture
def runtime(api: FastAPI) -> Iterator[Runtime]:
    """The running application's; the words of a test are gone after it."""
    runtime: Runtime = api.state.runtime
    yield runtime
    with runtime.session(actor=SYSTEM) as session:
        session.execute(delete(WordRelation))
        tell_matching(session)
    runtime.words.follow()


@pytest.fixture
def operator(sign_in: SignIn, runtime: Runtime) -> TestClient:  # noqa: ARG001
    """An operator's browser."""
    return sign_in(divisions=["210000"], name="钱运营")


@pytest.fixture
def suggest(runtime: Runtime) -> Suggest:
    """Makes a suggestion, as the catalogue would."""

    def make(term: str = "", other: str = "", firms: int = 16) -> WordRelation:
        term, other = term or f"页词{next(_numbers)}", other or f"页词{next(_numbers)}"
        row = WordRelation(
            id=new_id(), term=term, kin="related", other=other, pair=pair_key(term, other), weight=0.3,
            state="suggested", source="cooccurrence", firms=firms, term_firms=43, other_firms=34, score=139.2,
        )  # fmt: skip
        with runtime.session(actor=SYSTEM) as session:
            session.add(row)
        return row

    return make


def states(runtime: Runtime) -> dict[str, str]:
    """The state of every pair."""
    with runtime.session(writing=False, actor=SYSTEM) as session:
        return {row.pair: row.state for row in session.scalars(select(WordRelation))}


def undo(browser: TestClient, answer: httpx.Response) -> httpx.Response:
    """Press the button that takes back what was just done."""
    found = re.search(r'action="(/words/undo/[0-9a-f-]{36})"', answer.text)
    assert found, answer.text
    return browser.post(found[1], data={"back": str(answer.url)})


def send(browser: TestClient, content: str) -> httpx.Response:
    """Import a file."""
    return browser.post(
        f"{PAGE}/import", files={"file": ("words.csv", content.encode("utf-8-sig"), "text/csv")}
    )


def test_operators_only_and_linked_where_operators_look(operator: TestClient, sign_in: SignIn) -> None:
    assert 'href="/words"' in operator.get("/account").text
    other = sign_in()
    assert 'href="/words"' not in other.get("/account").text
    for path in (PAGE, "/words.csv", "/words/import"):
        assert other.get(path).status_code == 403
    said = {"term": "阀门", "word": "球阀", "other": "甲乙", "kin": "same"}
    for path in (PAGE, "/words/refuse-shipped", f"/words/undo/{new_id()}"):
        assert other.post(path, data=said).status_code == 403, path
    assert send(other, "词,另一词\r\n甲,乙").status_code == 403
    assert other.post("/words/decide/approve", data={"id": str(new_id())}).status_code == 403


def test_an_empty_page_says_what_to_do_in_both_languages(operator: TestClient) -> None:
    assert "没有待定的建议" in operator.get(PAGE).text
    assert "这里还没有词对" in operator.get(f"{PAGE}?state=refused").text
    assert "没有含“镗”的词对" in operator.get(f"{PAGE}?q=镗").text
    assert "都没有这个词的关系" in operator.get(f"{PAGE}?term=没有的词").text
    english = operator.get(f"{PAGE}?lang=en").text
    assert "No suggestions wait" in english
    assert "都" not in re.sub(r"<head>.*?</head>", "", english, flags=re.S)
    assert operator.get(f"{PAGE}?cursor=x").status_code == 422
    assert operator.get(f"{PAGE}?done=approve&batch=x").status_code == 404


def test_a_shipped_relation_is_refused_and_taken_back(operator: TestClient, runtime: Runtime) -> None:
    page = operator.get(f"{PAGE}?term=阀门").text
    assert "3443" in page
    assert 'name="word" value="球阀"' in page
    said = {"term": "阀门", "word": "球阀", "back": f"{PAGE}?term=阀门"}
    done = operator.post(f"{PAGE}/refuse-shipped", data=said)
    assert "已不采用 1 对词" in done.text
    assert 'name="word" value="球阀"' not in done.text, "the page shows the same word, the relation refused"
    assert states(runtime) == {pair_key("阀门", "球阀"): "refused"}
    assert 'name="word" value="球阀"' in undo(operator, done).text
    assert states(runtime) == {}
    for term, word in (("阀门", "没有的词"), ("离心铸造", "离心铸造")):
        said = {"term": term, "word": word}
        assert operator.post(f"{PAGE}/refuse-shipped", data=said).status_code == 404


def test_every_shipped_relation_that_has_a_button_can_be_refused(operator: TestClient) -> None:
    for term in ("破碎机", "碎石", "大型结构件加工", "离心铸造"):
        page = operator.get(PAGE, params={"term": term}).text
        words = re.findall(r'name="word" value="([^"]+)"', page)
        assert words
        for word in words[:4]:
            done = operator.post(f"{PAGE}/refuse-shipped", data={"term": term, "word": word})
            assert done.status_code == 200, (term, word)


def test_ticked_suggestions_are_decided_together_and_taken_back(
    operator: TestClient, runtime: Runtime, suggest: Suggest
) -> None:
    rows = [suggest() for _ in range(3)]
    page = operator.get(PAGE).text
    assert page.count('type="checkbox" name="id"') == 3
    assert "16 家同时做（各 43 家、34 家），似然比 139" in page
    ticked = {"id": [str(row.id) for row in rows[:2]], "back": f"{PAGE}?q=页词"}
    done = operator.post(f"{PAGE}/decide/approve", data=ticked)
    assert "已采用 2 对词" in done.text
    assert done.url.params["q"] == "页词"
    assert [states(runtime)[row.pair] for row in rows] == ["approved", "approved", "suggested"]
    assert "没有改动" in operator.post(f"{PAGE}/decide/approve", data=ticked).text
    assert "恢复 2 对词" in undo(operator, done).text
    assert set(states(runtime).values()) == {"suggested"}
    assert "没有勾选词对" in operator.post(f"{PAGE}/decide/refuse").text
    assert operator.post(f"{PAGE}/decide/forget", data=ticked).status_code == 404
    assert operator.post(f"{PAGE}/decide/refuse", data={"id": "x"}).status_code == 404


def test_only_this_page_is_gone_back_to(operator: TestClient) -> None:
    answer = operator.post(
        f"{PAGE}/decide/refuse", data={"back": "https://evil.example/?q=a&x=b"}, follow_redirects=False
    )
    assert answer.headers["location"] == "/words?q=a&done=nothing&n=0"


def test_more_than_a_page_of_suggestions(operator: TestClient, suggest: Suggest) -> None:
    made = {str(suggest().id) for _ in range(53)}
    first = operator.get(PAGE).text
    found = re.search(r'rel="next" href="([^"]+)"', first)
    assert found
    second = operator.get(found[1].replace("&amp;", "&")).text
    ids = [
        *re.findall(r'name="id" value="([^"]+)"', first),
        *re.findall(r'name="id" value="([^"]+)"', second),
    ]
    assert len(ids) == 53
    assert set(ids) == made


def test_a_pair_is_added_then_changed_then_taken_back(operator: TestClient, runtime: Runtime) -> None:
    said = {"term": "桨叶干燥机甲", "other": "空心桨叶烘干机甲", "kin": "same", "weight": ""}
    added = operator.post(PAGE, data=said)
    assert "词对已保存" in added.text
    assert "没有改动" in operator.post(PAGE, data=said).text
    looked = operator.get(f"{PAGE}?term=空心桨叶烘干机甲").text
    assert "已采用" in looked
    changed = operator.post(PAGE, data={**said, "kin": "narrower", "weight": "0.55"})
    assert 'value="narrower"' in operator.get(PAGE, params={**said, "kin": "narrower"}).text
    assert "分量 0.55" in operator.get(f"{PAGE}?term=桨叶干燥机甲").text
    undo(operator, changed)
    assert "分量 0.8" in operator.get(f"{PAGE}?term=桨叶干燥机甲").text
    undo(operator, operator.post(PAGE, data={**said, "kin": "related"}))
    assert states(runtime) == {pair_key(said["term"], said["other"]): "approved"}


def test_what_is_wrong_stands_beside_its_field(operator: TestClient, runtime: Runtime) -> None:
    said = {"term": "干燥机", "other": "", "kin": "cousin", "weight": "2"}
    answer = operator.post(PAGE, data=said)
    assert answer.status_code == 422
    for field in ("other", "kin", "weight"):
        assert f'id="{field}-error"' in answer.text
    assert 'value="干燥机"' in answer.text
    same = operator.post(PAGE, data={**said, "other": "干燥机", "kin": "same", "weight": "1"})
    assert "两个词相同" in same.text
    assert states(runtime) == {}


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_file_goes_out_and_comes_back(
    operator: TestClient, runtime: Runtime, suggest: Suggest, language: str
) -> None:
    row, formula = suggest("铸钢件甲", "铸铁件甲"), suggest("=词甲", "-词乙")
    answer = operator.get(f"/words.csv?lang={language}")
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    text = answer.content.decode("utf-8-sig")
    assert "'=词甲" in text
    assert ("待定" in text) == (language == "zh")
    assert operator.get(f"{PAGE}?lang=zh").status_code == 200
    assert "没有改动" in send(operator, text).text, "what waits is passed over"
    decided = text.replace("待定", "已采用").replace("Suggested", "Approved")
    done = send(operator, decided)
    assert "已导入，改动 2 对词" in done.text
    assert states(runtime) == {row.pair: "approved", formula.pair: "approved"}
    undo(operator, done)
    assert set(states(runtime).values()) == {"suggested"}


def test_one_wrong_row_and_none_is_taken(operator: TestClient, runtime: Runtime) -> None:
    rows = (
        "词,关系,另一词,分量,状态",
        "好词甲,同义,好词乙,,已采用",
        "好词乙,same,好词甲,,",
        "错词甲,表亲,错词乙,,",
        "错词丙,同义,错词丁,2,",
        "错词戊,同义,错词己,,也许",
        "错词庚,同义,,,",
        "错词辛,同义,错词辛,,",
    )
    answer = send(operator, "\r\n".join(rows))
    assert answer.status_code == 422
    wrong = dict(re.findall(r"第 (\d+) 行</span> ([^<]+)", answer.text))
    assert sorted(wrong) == ["3", "4", "5", "6", "7", "8"]
    assert "同一词对" in wrong["3"]
    assert "关系须为：同义 / 下位词" in wrong["4"]
    assert "不得大于 1" in wrong["5"]
    assert "状态须为" in wrong["6"]
    assert "不能为空" in wrong["7"]
    assert "两个词相同" in wrong["8"]
    assert states(runtime) == {}
    assert "改动 1 对词" in send(operator, "\r\n".join(rows[:2])).text


def test_a_file_that_cannot_be_read_says_why(operator: TestClient) -> None:
    many = "\r\n".join(["词,另一词", *(f"多{n}甲,多{n}乙" for n in range(2001))])
    for content, said in (
        ("姓名,手机\r\n甲,乙\r\n", ""),
        ("词,分量\r\n甲,1\r\n", "没有认出"),
        ("词,另一词\r\n", ""),
        ("", ""),
        (many, "一次最多导入 2000 行"),
    ):
        answer = send(operator, content)
        assert answer.status_code == 422
        assert 'id="file-error"' in answer.text
        assert said in answer.text
    nothing = operator.post(f"{PAGE}/import", data={"back": PAGE})
    assert "请选择文件" in nothing.text
