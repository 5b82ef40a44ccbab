"""Tasks: doing many things at once, where one failure ends them all in order."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Iterable, Sequence
from typing import Any, TypeVar

T = TypeVar("T")


async def together(work: Iterable[Coroutine[Any, Any, T]]) -> list[T]:
    """The results of all, in order; raises the first failure after the others were cancelled."""
    try:
        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(one) for one in work]
    except ExceptionGroup as failures:
        raise first_of(failures) from failures
    return [task.result() for task in tasks]


async def each(
    items: Sequence[T], work: Callable[[T], Awaitable[bool]], concurrency: int
) -> list[T]:
    """Do ``work`` for the items in order, twice ``concurrency`` at once so that requests never
    wait for reading; returns those that it was ``False`` for."""
    again: list[T] = []
    source = iter(items)

    async def worker() -> None:
        for item in source:
            done = await work(item)
            if not done:
                again.append(item)

    await together(worker() for _ in range(min(len(items), concurrency * 2)))
    return again


def first_of(failures: BaseExceptionGroup[Any]) -> BaseException:
    """The first failure of a group, however deep."""
    inner = failures.exceptions[0]
    return first_of(inner) if isinstance(inner, BaseExceptionGroup) else inner
