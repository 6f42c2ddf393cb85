"""Judging what was made: the quality gate, run beside the event loop.

What does not belong here: the rules (`domain/quality/`), showing verdicts (`checks.py`).
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import replace

from posthub_assets.domain.bodies import Body
from posthub_assets.domain.content import Kind
from posthub_assets.domain.quality.context import GateContext, past_item
from posthub_assets.domain.quality.findings import Finding
from posthub_assets.domain.work import Order, Result, Tools


async def judge(kind: Kind, body: Body, context: GateContext) -> tuple[Finding, ...]:
    """Judge one item. CPU work, so a thread carries it while others wait for providers."""
    from posthub_assets.domain.quality.gate import check_item

    return await asyncio.to_thread(check_item, kind, body, context)


async def judge_set(
    kind: Kind, bodies: Sequence[Body], context: GateContext
) -> list[tuple[Finding, ...]]:
    """Judge items that were made together: each also against those before it."""
    return await asyncio.to_thread(_judge_in_turn, kind, bodies, context)


def _judge_in_turn(
    kind: Kind, bodies: Sequence[Body], context: GateContext
) -> list[tuple[Finding, ...]]:
    from posthub_assets.domain.quality.gate import check_item

    verdicts = []
    for number, body in enumerate(bodies):
        verdicts.append(check_item(kind, body, context))
        made = past_item(f"new-{number}", kind, body, context.language, keep_text=True)
        context = replace(context, siblings=(*context.siblings, made))
    return verdicts


async def recheck(order: Order, tools: Tools) -> Result:
    """Judge an item as it stands, after a person edited it."""
    item = order.subject
    if item is None:
        return Result(note="There is nothing to check.")
    context = await tools.store.gate_context(order, item.kind, item)
    return Result(checked=(item, await judge(item.kind, item.body, context)))
