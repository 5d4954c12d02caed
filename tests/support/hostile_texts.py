"""Texts of a plan that would run something, or lead away, if a page held them as they are."""

HEAD = (
    "# Lesson: Knots\n\n**Slug:** `knots`\n{voice}\n## Phase 1: Orient\n\n## Phase 2: Analyze\n\n"
)
HEAD += "## Phase 3: Design\n\n### Lesson Outline\n\n#### 1. Hook\n\n"

EVIL = "<script>alert(1)</script><img src=x onerror=alert(1)><svg onload=alert(1)>"
SVG = "<svg><animate onbegin=alert(1) attributeName=x></svg><iframe srcdoc='<script>1</script>'>"

AT = "@"  # alone, where no name of a system is meant
TEXTS: dict[str, str] = {
    "script as text": f"{EVIL}\n\n{SVG}\n",
    "script in a heading": f'##### "{EVIL}\n\nA.\n',
    "script in code": f"`{EVIL}`\n\n```html\n{EVIL}\n```\n\n```{EVIL}\nx\n```\n",
    "script in a formula": rf"$\text{{{EVIL}}}$ and $\operatorname{{</annotation>{EVIL}}}$",
    "script in a table": f"| {EVIL} | b |\n|---|---|\n| {SVG} | c |\n",
    "script in options": f':::{{card}} {EVIL}\n:colour: "><script>alert(1)</script>\nA.\n:::\n',
    "script in roles": "".join(f"{{{one}}}`{EVIL}` " for one in ("value", "term", "given", "ref")),
    "script in a caption": f":::{{figure}} quality-by-nfe\n:systems: {EVIL}\n{EVIL}\n:::\n",
    "script for an address": "[a](javascript:alert(1)) [b](JaVa&#x09;Script:alert(1))"
    " [c](data:text/html,<script>alert(1)</script>) [d](vbscript:x) ![e](javascript:alert(1))\n",
    "addresses that look like others": f"[a](https://known.org{AT}evil.org/) [b](//evil.org)"
    f" [c](https://evil\u202egro.nwonk/) [d](http:evil.org) [e](https://evil.org\\{AT}known.org)\n",
    "comments and sections of XML": "<!-- --!><script>alert(1)</script> --> <![CDATA[x]]>]]>\n",
    "templates of a server": "{{ 7 * 7 }} {% include '/etc/passwd' %} ${7*7} <%= 7 %> #{7}\n",
}
