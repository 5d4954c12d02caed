"""A drawing with fewer bytes and the same look: shorter numbers, lighter pictures.

matplotlib writes coordinates to a millionth of a point, letters on a grid finer than any
screen's, indents every letter of every label, and stores clouds of points as pictures with four
bytes a pixel, though a cloud has one colour in a few dozen shades. What has hundreds of colours
and no transparency is a photograph: WebP, smoothed where it is enlarged. (Of pictures of 64
pixels a JPEG is half headers: at equal error it has half as many bytes again.)
"""

from __future__ import annotations

import base64
import io
import re

from PIL import Image

COLOURS = 40  # shades of a picture's palette
_PATH = re.compile(r'(?<= )d="([^"]*)"')
_COMMAND = re.compile(r" ?([MLQCz]) ?")
_OUTLINE = re.compile(r' d="([^"]*)" transform="scale\(0\.015625\)"')  # of a letter
_COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)
_PLACE = re.compile(r'translate\([^)]*\)|(?<= )[xy]="[^"]*"')
_GROUP = re.compile(r'<g id="\w+"')  # no drawing refers to a group
_STYLE = re.compile(r'(?<= )style="[^"]*"')
_COLON = re.compile(r"([:;]) ")
_NAMED = re.compile(r'(?<= )id="([mpC][0-9a-f_]{8,})"')  # markers, clips, collections
_FONTS = {"DejaVuSans-": "d", "DejaVuSans-Bold-": "b", "DejaVuSans-Oblique-": "i"}
_GLYPH = re.compile(r'(?:id="|href="#)(DejaVuSans-(?:Bold-|Oblique-)?)')
_LETTER = re.compile(r'<use xlink:href="#(\w+)" transform="translate\((\S+) 0(?:\.0+)?\)"/>')
_NUMBER = re.compile(r"-?\d+\.\d+")
_PICTURE = re.compile(r"data:image/png;base64,\s*([A-Za-z0-9+/=\s]+)")
_IMAGE = re.compile(r"<image\b[^>]*>")
_PIXELATED = re.compile(r'\s*style="image-rendering:crisp-edges;\s*image-rendering:pixelated"')
PHOTO_COLOURS, QUALITY = 400, 90


def lighter(drawing: str) -> str:
    """Return an SVG with coordinates to a hundredth of a point and smaller pictures."""
    drawing = _PLACE.sub(lambda match: _shorter(match[0]), _COMMENT.sub("", drawing))
    drawing = _GLYPH.sub(lambda match: match[0].replace(match[1], _FONTS[match[1]]), drawing)
    drawing = _LETTER.sub(r'<use href="#\1" x="\2"/>', drawing)
    drawing = _OUTLINE.sub(lambda match: _coarser(match[1]), drawing)
    shorter = _PATH.sub(lambda match: f'd="{_compact(match[1])}"', drawing)
    shorter = _STYLE.sub(lambda match: _COLON.sub(r"\1", match[0]), _GROUP.sub("<g", shorter))
    for number, name in enumerate(dict.fromkeys(_NAMED.findall(shorter))):
        shorter = re.sub(rf'(["#]){name}\b', rf"\1k{number}", shorter)
    light = _PICTURE.sub(lambda match: f"data:image/{_repainted(match[1])}", shorter)
    light = _IMAGE.sub(lambda match: _smooth(match[0]), light)
    return "\n".join(line.strip() for line in light.splitlines() if line.strip()) + "\n"


def _shorter(path: str) -> str:
    return _NUMBER.sub(lambda match: f"{float(match[0]):.2f}", " ".join(path.split()))


def _compact(path: str) -> str:
    return _COMMAND.sub(r"\1", _shorter(path))


def _coarser(outline: str) -> str:
    """Return a letter's outline with a quarter of its grid: half a hundredth of a point off."""
    grid = re.sub(r"-?\d+", lambda match: str(round(int(match[0]) / 4)), outline)
    return f' d="{grid}" transform="scale(.0625)"'


def _repainted(encoded: str) -> str:
    """Return a picture in base64: a PNG with a palette, transparency kept, or a WebP."""
    picture = Image.open(io.BytesIO(base64.b64decode(encoded))).convert("RGBA")
    opaque = picture.getchannel("A").getextrema()[0] == 255
    photo = opaque and picture.convert("RGB").getcolors(PHOTO_COLOURS) is None
    buffer = io.BytesIO()
    if photo:
        picture.convert("RGB").save(buffer, "WEBP", quality=QUALITY, method=6)
    else:
        picture.quantize(COLOURS, Image.Quantize.FASTOCTREE).save(buffer, "PNG", optimize=True)
    kind = "webp" if photo else "png"
    return f"{kind};base64,{base64.b64encode(buffer.getvalue()).decode()}"


def _smooth(element: str) -> str:
    return _PIXELATED.sub("", element) if "data:image/webp" in element else element
