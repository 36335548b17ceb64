"""The one kind of failure that Fairlead expects."""


class FairleadError(Exception):
    """An expected failure: what was seen, and what the reader can do about it.

    ``cause`` is one sentence without a full stop's worth of doubt; ``fix`` is the next thing to do,
    a command to type wherever there is one.
    """

    def __init__(self, cause: str, *, fix: str) -> None:
        super().__init__(cause)
        self.cause, self.fix = cause, fix
