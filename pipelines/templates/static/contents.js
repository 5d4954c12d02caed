// Contents: marks the section that is being read, and shows the parts of that section alone. Without
// this script all parts are listed.
"use strict";

function follow(nav) {
  const links = [...nav.querySelectorAll("a")];
  const headings = links.map((link) => document.getElementById(link.hash.slice(1)));
  const passed = new Set(); // headings that lie above the line at which one reads

  function mark() {
    const at = headings.findLastIndex((heading) => passed.has(heading));
    const current = links[at];
    const section = current?.closest(".contents ol ol")?.parentElement ?? current?.parentElement;
    links.forEach((link) => link.removeAttribute("aria-current"));
    nav.querySelector(".open")?.classList.remove("open");
    section?.classList.add("open");
    current?.setAttribute("aria-current", "true");
    if (current) reveal(current);
  }

  // Scrolls a list that is longer than the window, never the page.
  function reveal(link) {
    const [list, at] = [nav, link].map((one) => one.getBoundingClientRect());
    if (at.top < list.top || at.bottom > list.bottom) {
      nav.scrollTop += at.top - list.top - list.height / 3;
    }
  }

  const watcher = new IntersectionObserver(
    (entries) => {
      for (const { target, isIntersecting } of entries) {
        if (isIntersecting) passed.add(target);
        else passed.delete(target);
      }
      mark();
    },
    { rootMargin: "10000000px 0px -75% 0px" }, // from far above down to a quarter of the window
  );
  headings.forEach((heading) => watcher.observe(heading));
  nav.classList.add("following");
}

document.querySelectorAll(".contents.foldable").forEach((nav) => {
  follow(nav);
  nav.addEventListener("click", (event) => {
    if (event.target.closest("a")) nav.querySelector("details").open = false;
  });
});
