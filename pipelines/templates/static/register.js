// Registers: long tables that can be filtered by words and sorted by their columns. Without this
// script they are complete, in the order of the page.
"use strict";

function said(cell) {
  return cell.dataset.sort ?? cell.textContent.trim();
}

function compare(one, other) {
  const [a, b] = [Number(one), Number(other)];
  if (one !== "" && other !== "" && !Number.isNaN(a) && !Number.isNaN(b)) return a - b;
  return one.localeCompare(other, "en", { numeric: true });
}

function makeSortable(table) {
  const body = table.tBodies[0];
  [...table.tHead.rows[0].cells].forEach((head, column) => {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "sort";
    button.append(...head.childNodes);
    head.append(button);
    button.addEventListener("click", () => {
      const rising = head.getAttribute("aria-sort") !== "ascending";
      for (const one of table.tHead.rows[0].cells) one.removeAttribute("aria-sort");
      head.setAttribute("aria-sort", rising ? "ascending" : "descending");
      const rows = [...body.rows].sort((one, other) => {
        const [a, b] = [one, other].map((row) => said(row.cells[column]));
        if (a === "" || b === "") return (a === "") - (b === ""); // what is not known comes last
        return rising ? compare(a, b) : compare(b, a);
      });
      body.append(...rows);
    });
  });
}

function makeFilterable(table) {
  const label = document.createElement("label");
  const input = document.createElement("input");
  const count = document.createElement("output");
  input.type = "search";
  label.className = "filter";
  label.append(`${table.dataset.filter} `, input, " ", count);
  table.closest(".scroll").before(label);
  const bodies = [...table.tBodies];

  function show() {
    const words = input.value.toLowerCase().split(/\s+/).filter(Boolean);
    let seen = 0;
    for (const body of bodies) {
      const [heads, rows] = [true, false].map((system) =>
        [...body.rows].filter((row) => row.classList.contains("system") === system));
      const about = heads.map((row) => row.textContent).join(" ");
      let left = 0;
      for (const row of rows) {
        const text = `${about} ${row.textContent}`.toLowerCase();
        row.hidden = !words.every((word) => text.includes(word));
        left += !row.hidden;
      }
      heads.forEach((row) => { row.hidden = !left; });
      seen += left;
    }
    count.textContent = words.length ? `${seen} found` : "";
  }

  input.addEventListener("input", show);
  show();
}

document.querySelectorAll("table[data-sortable]").forEach(makeSortable);
document.querySelectorAll("table[data-filter]").forEach(makeFilterable);
