import base64
import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import cast
from urllib.parse import parse_qs, urlsplit

import pytest

from fairlead.errors import FairleadError
from fairlead.measurements.model import parse_window
from fairlead.measurements.readers.prometheus import Query, read_prometheus
from fairlead.measurements.records import NOTHING_GIVEN, Given


class Server(ThreadingHTTPServer):
    """Answers on loopback as the Prometheus HTTP API does, and remembers what it was asked."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.asked: list[tuple[str, dict[str, str], str]] = []
        self.status = 200
        self.headers: dict[str, str] = {}
        self.body = b""

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"

    def answers(self, kind: str, result: object) -> None:
        self.body = json.dumps(
            {"status": "success", "data": {"resultType": kind, "result": result}}
        ).encode()


class Handler(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        server = cast(Server, self.server)
        parts = urlsplit(self.path)
        query = {name: values[0] for name, values in parse_qs(parts.query).items()}
        server.asked.append((parts.path, query, self.headers.get("Authorization", "")))
        self.send_response(server.status)
        for name, value in server.headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(server.body)))
        self.end_headers()
        self.wfile.write(server.body)

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing in the tests' output."""


@pytest.fixture
def server() -> Iterator[Server]:
    with Server() as running:
        thread = threading.Thread(target=running.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield running
        running.shutdown()
        thread.join()


def test_a_query_now_gives_one_measurement_for_each_series(server: Server) -> None:
    server.answers(
        "vector",
        [
            {"metric": {"__name__": "up", "job": "api"}, "value": [1772355600, "1"]},
            {"metric": {"__name__": "up", "job": "web"}, "value": [1772355600.5, "0"]},
        ],
    )

    found = read_prometheus(server.address, Query(expression="up"), given=NOTHING_GIVEN)

    assert server.asked == [("/api/v1/query", {"query": "up"}, "")]
    assert [(one.metric, one.value, one.labels) for one in found] == [
        ("up", 1, (("job", "api"),)),
        ("up", 0, (("job", "web"),)),
    ]
    assert str(found[0].window) == "2026-03-01T09:00:00+00:00"
    assert found[0].source == f"{server.address} up"


def test_a_query_over_a_window_is_summed_up_and_names_both_steps(server: Server) -> None:
    points = [[1772323200, "0.4"], [1772326800, "NaN"], [1772330400, "0.6"], [1772334000, "8"]]
    server.answers("matrix", [{"metric": {}, "values": points}])
    query = Query(expression="latency", window=parse_window("2026-03-01/2026-03-02"), step=3600)
    given = Given(metric="search latency", statistic="p95", unit="s", condition="peak hours")

    (one,) = read_prometheus(f"{server.address}/api/v1/", query, given=given)

    assert server.asked == [
        (
            "/api/v1/query_range",
            {
                "query": "latency",
                "start": "2026-03-01T00:00:00Z",
                "end": "2026-03-02T00:00:00Z",
                "step": "3600",
            },
            "",
        )
    ]
    assert (one.statistic, one.value, one.unit, one.n) == ("median of p95", 0.6, "s", 3)
    assert str(one.window) == "2026-03-01T00:00:00+00:00 to 2026-03-01T03:00:00+00:00"


def test_a_scalar_is_a_measurement_too(server: Server) -> None:
    server.answers("scalar", [1772355600, "42"])

    (one,) = read_prometheus(
        server.address, Query(expression="scalar(x)", moment="2026-03-01"), given=NOTHING_GIVEN
    )

    assert one.value == 42
    assert server.asked[0][1]["time"] == "2026-03-01T00:00:00Z"


def test_a_password_in_the_address_is_sent_and_never_written_down(server: Server) -> None:
    server.answers("vector", [{"metric": {}, "value": [1772355600, "1"]}])
    address = server.address.replace("http://", "http://reader:s3cr%40t@")

    (one,) = read_prometheus(address, Query(expression="up"), given=NOTHING_GIVEN)

    assert server.asked[0][2] == "Basic " + base64.b64encode(b"reader:s3cr@t").decode()
    assert "s3cr" not in repr(one)


def test_a_refused_query_says_what_the_server_said(server: Server) -> None:
    server.status = 400
    server.body = b'{"status": "error", "errorType": "bad_data", "error": "parse error at char 4"}'

    with pytest.raises(FairleadError, match="parse error at char 4"):
        read_prometheus(server.address, Query(expression="up("), given=NOTHING_GIVEN)


def test_a_redirect_to_another_host_is_not_followed(server: Server) -> None:
    server.status = 302
    server.headers = {"Location": "http://127.0.0.1:1/api/v1/query?query=up"}

    with pytest.raises(FairleadError, match="redirects to another address"):
        read_prometheus(server.address, Query(expression="up"), given=NOTHING_GIVEN)

    assert len(server.asked) == 1


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (b"<html>a login page</html>", "doesn't answer as Prometheus does"),
        (
            b'{"status": "success", "data": {"resultType": "string", "result": [1, "a"]}}',
            "gives a string",
        ),
        (b'{"status": "success", "data": {"resultType": "vector", "result": []}}', "has no figures"),
        (
            b'{"status": "success", "data": {"resultType": "vector",'
            b' "result": [{"value": [1, "Inf"]}]}}',
            "no figures",
        ),
        (
            b'{"status": "success", "data": {"resultType": "vector", "result": [{"value": "soon"}]}}',
            "doesn't answer as Prometheus does",
        ),
    ],
)
def test_an_answer_without_figures_is_not_a_measurement(server: Server, body: bytes, said: str) -> None:
    server.body = body

    with pytest.raises(FairleadError, match=said):
        read_prometheus(server.address, Query(expression="up"), given=NOTHING_GIVEN)


@pytest.mark.parametrize(
    "address",
    ["ftp://host/x", "file:///etc/passwd", "http://", "http://host:port", "http://host:99999"],
)
def test_only_addresses_of_servers_are_asked(address: str) -> None:
    with pytest.raises(FairleadError, match="is not an address of a Prometheus server"):
        read_prometheus(address, Query(expression="up"), given=NOTHING_GIVEN)


def test_a_server_that_is_not_there_is_named() -> None:
    with pytest.raises(FairleadError, match="cannot be reached"):
        read_prometheus("http://127.0.0.1:9", Query(expression="up"), given=NOTHING_GIVEN)
