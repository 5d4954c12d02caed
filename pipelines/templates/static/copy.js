// Copying: a selected formula becomes its TeX, not one letter a line, and buttons copy a whole
// formula's TeX or a listing. Without this script a formula's TeX is in its MathML all the same.
"use strict";

const SHOWN = 1500; // milliseconds for which a button says what it did

function tex(math) {
  return math.querySelector('annotation[encoding="application/x-tex"]').textContent;
}

function written(math) {
  return math.getAttribute("display") === "block" ? `$$${tex(math)}$$` : `$${tex(math)}$`;
}

// The selection with no formula cut in two.
function selected() {
  const range = getSelection().getRangeAt(0).cloneRange();
  const formula = (node) => (node.closest ? node : node.parentElement)?.closest("math");
  const [first, last] = [formula(range.startContainer), formula(range.endContainer)];
  if (first) range.setStartBefore(first);
  if (last) range.setEndAfter(last);
  return range.cloneContents();
}

function copyWithTex(event) {
  if (!getSelection().rangeCount) return;
  const shadow = document.createElement("div"); // laid out, since lines depend on that, but unseen
  shadow.className = "copied";
  shadow.append(selected());
  const formulas = [...shadow.querySelectorAll("math")];
  if (!formulas.length) return;
  event.clipboardData.setData("text/html", shadow.innerHTML);
  formulas.forEach((math) => math.replaceWith(written(math)));
  document.body.append(shadow);
  event.clipboardData.setData("text/plain", shadow.innerText);
  shadow.remove();
  event.preventDefault();
}

function addButton(host, words, text) {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "copy";
  button.textContent = words;
  button.addEventListener("click", async () => {
    const done = navigator.clipboard.writeText(text);
    button.textContent = await done.then(() => "Copied", () => "Not copied");
    setTimeout(() => (button.textContent = words), SHOWN);
  });
  const frame = document.createElement("div"); // the host itself scrolls
  frame.className = "copyable";
  host.replaceWith(frame);
  frame.append(host, button);
}

document.addEventListener("copy", copyWithTex);
if (navigator.clipboard) {
  for (const math of document.querySelectorAll(".formula math")) {
    addButton(math.closest(".formula-body"), "Copy TeX", tex(math));
  }
  for (const code of document.querySelectorAll(".code")) {
    addButton(code, "Copy code", code.textContent);
  }
}
