from fairlead.errors import FairleadError


def test_an_error_carries_what_was_seen_and_what_to_do() -> None:
    error = FairleadError("there is no repository here", fix="git init")

    assert (str(error), error.cause, error.fix) == (
        "there is no repository here",
        "there is no repository here",
        "git init",
    )
