"""The plan's checklists, a group at a time."""

from pipelines.contracts.planning import ChecklistItem


def groups(checklist: tuple[ChecklistItem, ...]) -> dict[str, list[ChecklistItem]]:
    """Gather checklist items by their group, in order."""
    found: dict[str, list[ChecklistItem]] = {}
    for item in checklist:
        found.setdefault(item.group, []).append(item)
    return found
