"""Listening: what the sockets that answers leave through are told."""

from __future__ import annotations

import asyncio
import socket

from fairlead.app.listening import bound_socket


def test_answers_do_not_wait_for_a_client_to_acknowledge_their_head() -> None:
    told: list[int] = []

    async def take(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        accepted = writer.get_extra_info("socket")
        told.append(accepted.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY))
        writer.close()

    async def ask(listening: socket.socket) -> None:
        async with await asyncio.start_server(take, sock=listening):
            reader, writer = await asyncio.open_connection(*listening.getsockname())
            await reader.read()
            writer.close()

    with bound_socket("127.0.0.1", 0) as listening:
        asyncio.run(ask(listening))

    assert told == [1]
