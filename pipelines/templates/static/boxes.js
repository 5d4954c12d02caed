// Boxes of tables, formulas and code are stops of the tabulator so that keys can scroll them. Those
// that have nothing to scroll are no stops. Without this script all are.
"use strict";

const ROUNDING = 1; // of heights, in pixels

const sizes = new ResizeObserver((entries) => {
  for (const { target } of entries) {
    const wide = target.scrollWidth > target.clientWidth;
    const tall = target.scrollHeight > target.clientHeight + ROUNDING;
    if (wide || tall) target.tabIndex = 0;
    else target.removeAttribute("tabindex");
  }
});
document.querySelectorAll('[tabindex="0"][role="group"]').forEach((box) => sizes.observe(box));
