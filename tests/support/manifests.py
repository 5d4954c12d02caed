"""What differs between two builds by their manifests alone: an oracle for tests of builds."""

from pipelines.manifest import Entry, Manifest


def differences(one: Manifest, other: Manifest) -> list[str]:
    """Return the products in which two builds differ, timings aside."""
    names = sorted(one.products.keys() | other.products.keys())
    return [
        name
        for name in names
        if _comparable(one.products.get(name)) != _comparable(other.products.get(name))
    ]


def _comparable(entry: Entry | None) -> tuple[str | None, str] | None:
    return (entry.untimed, entry.rule) if entry else None
