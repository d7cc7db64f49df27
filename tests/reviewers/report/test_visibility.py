import pytest

from reviewers.report.visibility import cut, encodable, has_hidden, readable, visible


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        pytest.param("a\tb\nc", "a\tb\nc", id="tabs and line feeds stay"),
        pytest.param("a\r\nb", "a\nb", id="carriage return before a line feed"),
        pytest.param("a\rb", "a␍b", id="lone carriage return"),
        pytest.param("\x1b[31mred", "␛[31mred", id="escape sequence"),
        pytest.param("\x9b31mred", "⟨U+009B⟩31mred", id="escape sequence of one C1 character"),
        pytest.param("\x7f", "␡", id="delete"),
        pytest.param("if admin\u202e\u2066", "if admin⟨U+202E⟩⟨U+2066⟩", id="direction marks"),
        pytest.param("us\u200ber", "us⟨U+200B⟩er", id="zero width"),
        pytest.param("\U000e0049" * 12, "⟨U+E0049⟩" * 3 + "⟨9 more hidden⟩", id="a text in tag characters"),
        pytest.param("a\ud800b", "a\ufffdb", id="lone surrogate"),
        pytest.param("naïve 日本語 ✔️ שלום", "naïve 日本語 ✔️ שלום", id="every script stays"),
    ],
)
def test_what_nobody_can_see_is_shown_in_code(text: str, shown: str) -> None:
    assert visible(text) == shown


@pytest.mark.parametrize(
    ("text", "prose"),
    [
        pytest.param("a\r\nb\rc\u2028d", "a\nb\nc\nd", id="every line end is one line end"),
        pytest.param("a\x0bb\x1fc", "a b c", id="separators are spaces"),
        pytest.param("us\u200ber\u202e \x1b[31m", "user [31m", id="hidden characters go"),
        pytest.param("\udfff", "\ufffd", id="lone surrogate"),
    ],
)
def test_what_nobody_can_see_is_left_out_of_prose(text: str, prose: str) -> None:
    assert readable(text) == prose


@pytest.mark.parametrize(
    ("text", "hidden"),
    [
        pytest.param("x = 1\r\n", False, id="plain code with CRLF"),
        pytest.param("x\u2066 = 1", True, id="direction mark"),
        pytest.param("x\r= 1", True, id="lone carriage return"),
        pytest.param("\ud83d", True, id="lone surrogate"),
    ],
)
def test_text_knows_whether_it_hides_something(text: str, hidden: bool) -> None:
    assert has_hidden(text) is hidden


def test_a_long_text_is_cut_with_a_mark() -> None:
    assert cut("one two three", 9) == "one two…"
    assert cut("one", 3) == "one"


def test_whatever_is_encodable_can_be_written() -> None:
    assert encodable("\ud800ok").encode() == b"\xef\xbf\xbdok"
