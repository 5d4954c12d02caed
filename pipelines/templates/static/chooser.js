// Choosers: asks the reader what the first columns of a table list, dims the rows that do not fit,
// and says why. Without this script the questions stay hidden, and the table says everything.
"use strict";

// Of what is ticked and what a cell lists, the entries that do not fit, and what is said of them.
const RULES = {
  pick: (ticked, listed) => (ticked.every((one) => listed.includes(one)) ? [] : listed),
  keep: (ticked, listed) => ticked.filter((one) => !listed.includes(one)),
  have: (ticked, listed) => (ticked.length ? listed.filter((one) => !ticked.includes(one)) : []),
};
const WORDS = { pick: "for", keep: "does not keep", have: "needs" };

function prepare(chooser) {
  const form = chooser.querySelector("form");
  const rows = [...chooser.querySelectorAll("tbody tr")];
  const status = chooser.querySelector("[role=status]");
  const asks = [...form.querySelectorAll("fieldset")].map((fieldset) => ({
    kind: fieldset.dataset.kind,
    inputs: [...fieldset.querySelectorAll("input")],
    entries: [...fieldset.querySelectorAll("label")].map((label) => label.textContent.trim()),
  }));

  function reasons(row) {
    return asks.flatMap(({ kind, inputs, entries }, column) => {
      const listed = row.cells[column].dataset.entries;
      if (listed === undefined) return []; // fits everything
      const ticked = inputs.filter((input) => input.checked).map((input) => input.value);
      const wrong = RULES[kind](ticked, listed.split(" "));
      const between = kind === "pick" ? " or " : ", ";
      return wrong.length ? [`${WORDS[kind]} ${wrong.map((one) => entries[one]).join(between)}`] : [];
    });
  }

  function show() {
    const begun = asks.some(({ inputs }) => inputs.some((input) => input.checked));
    const fitting = rows.filter((row) => {
      const found = reasons(row);
      const answer = row.cells[asks.length];
      answer.querySelector(".reason")?.remove();
      row.classList.toggle("unfit", found.length > 0);
      row.classList.remove("chosen");
      if (found.length) {
        const reason = document.createElement("span");
        reason.className = "reason";
        reason.textContent = `Not yours: ${found.join("; ")}.`;
        answer.append(reason);
      }
      return !found.length;
    });
    if (begun && fitting.length) fitting[0].classList.add("chosen");
    status.textContent = said(begun, fitting);
  }

  function said(begun, fitting) {
    if (!begun) return "Tick what is true of you.";
    if (!fitting.length) return "No row fits all of it: give something up.";
    const first = fitting[0].cells[asks.length].textContent.trim();
    return `${fitting.length} of ${rows.length} rows fit. Take the first: ${first}.`;
  }

  form.addEventListener("change", show);
  form.addEventListener("reset", () => setTimeout(show)); // the inputs are emptied after this event
  form.addEventListener("submit", (event) => event.preventDefault());
  form.reset(); // browsers keep what was ticked before a reload
  form.hidden = false;
  show();
}

document.querySelectorAll(".chooser").forEach(prepare);
