"""What a fix does to a document, as JSON Patch (RFC 6902): anyone can apply it, with a library of their own."""

from collections.abc import Iterator
from typing import Any

from praktijkplan.findings import Fix, PutBlock, RemoveBlock, SetValidity
from praktijkplan.rasters import BlockPlan
from praktijkplan.slots import BlockMode
from scheduling.contents import BlockContent, RasterContent
from scheduling.interchange.documents import BLOCKS, write_block
from scheduling.interchange.known import Known


def patch_of(content: RasterContent, fix: Fix, known: Known) -> list[dict[str, Any]]:
    """To be applied to the document that `write_document` makes of this content."""
    return list(_operations(content, fix, known))


def _operations(content: RasterContent, fix: Fix, known: Known) -> Iterator[dict[str, Any]]:
    keys = [block.key for block in content.blocks]
    for change in fix.changes:
        match change:
            case PutBlock(plan, at):
                value = write_block(BlockContent(plan, _types_for(plan, content)), known)
                if plan.key in keys:
                    yield {"op": "replace", "path": f"/{BLOCKS}/{keys.index(plan.key)}", "value": value}
                else:
                    at = len(keys) if at is None else at
                    keys.insert(at, plan.key)
                    yield {"op": "add", "path": f"/{BLOCKS}/{at}", "value": value}
            case RemoveBlock(key):
                yield {"op": "remove", "path": f"/{BLOCKS}/{keys.index(key)}"}
                keys.remove(key)
            case SetValidity(valid_from, valid_until):
                until = valid_until.isoformat() if valid_until else None
                yield {"op": "replace", "path": "/valid_from", "value": valid_from.isoformat()}
                yield {"op": "replace", "path": "/valid_until", "value": until}


def _types_for(plan: BlockPlan, content: RasterContent) -> frozenset[int]:
    if plan.mode is BlockMode.BREAK:
        return frozenset()
    return next((block.types for block in content.blocks if block.key == plan.key), frozenset())
