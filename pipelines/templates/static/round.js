// A reviewer's round: keeps ticks, remarks, checks and findings in this browser, and exports them as
// Markdown in the plan's dialect and as JSON. Without this script the page is a form to print.
// The Markdown is what pipelines/rounds/writing.py makes of the JSON.
"use strict";

{ // names of its own: other scripts of the page have some that are alike
  const round = document.getElementById("round");
  const part = (name) => round.querySelector(`[data-role=${name}]`);
  const KEY = `measured-lessons round ${round.dataset.lesson}`;
  const EMPTY = { reviewer: "", date: "", summary: "", ticks: {}, remarks: {}, checks: {}, findings: [] };
  const SEVERITIES = ["CRITICAL", "IMPROVEMENT", "POLISH"];
  const VERDICTS = { CRITICAL: "MAJOR REVISION", IMPROVEMENT: "NEEDS REVISION", POLISH: "PASS" };

  // --- what is kept ---

  function stored() {
    try {
      localStorage.setItem(`${KEY} `, ""); // a browser that keeps nothing refuses this
      localStorage.removeItem(`${KEY} `);
      return { ...structuredClone(EMPTY), ...JSON.parse(localStorage.getItem(KEY) ?? "{}") };
    } catch {
      return null;
    }
  }

  let keeping = true;
  const state = stored() ?? ((keeping = false), structuredClone(EMPTY));

  function keep() {
    try {
      if (keeping) localStorage.setItem(KEY, JSON.stringify(state));
    } catch {
      keeping = false;
    }
    say();
  }

  function say() {
    part("kept").textContent = keeping
      ? "This browser keeps what you tick and write here until you begin anew. Nobody else sees it before you export it."
      : "This browser keeps nothing of this page: export your round before you close it.";
    const count = (things, word) => `${things} ${word}${things === 1 ? "" : "s"}`;
    const [ticks, remarks, checks] = [state.ticks, state.remarks, state.checks].map((one) => Object.keys(one).length);
    part("tally").textContent = [
      `${ticks} of ${count(boxes.size, "box").replace("boxs", "boxes")} ticked`,
      count(state.findings.length, "finding"),
      count(remarks, "remark"),
      count(checks, "finding") + " looked at again",
    ].join(", ");
    part("preview").value = markdown(exported());
  }

  // --- boxes to tick ---

  const words = (node) => node.textContent.trim().replace(/\s+/g, " ");

  function headOf(node) {
    const section = node.closest("section");
    return words(section.querySelector("h3, h2"));
  }

  function allBoxes() {
    const found = new Map();
    for (const input of document.querySelectorAll(":is(.tick, .confirm) input:not([disabled])")) {
      const about = input.closest(".confirm") && input.closest("li, tr")?.querySelector(".tick");
      const said = [headOf(input), about && words(about), words(input.closest("label"))];
      const name = said.filter(Boolean).join(": ").slice(0, 300);
      let key = name;
      for (let again = 2; found.has(key); again++) key = `${name} (${again})`;
      found.set(key, input);
    }
    return found;
  }

  const boxes = allBoxes();
  for (const [key, input] of boxes) {
    input.checked = key in state.ticks;
    input.addEventListener("change", () => {
      if (input.checked) state.ticks[key] = true;
      else delete state.ticks[key];
      keep();
    });
  }

  // --- places: remarks, and where findings are ---

  const spots = new Map([...round.querySelectorAll("[data-place]")].map((one) => [one.dataset.place, one.dataset]));
  const form = part("finding");
  const fieldOf = (name) => form.elements.namedItem(name);

  function element(tag, properties, ...inner) {
    const made = Object.assign(document.createElement(tag), properties);
    made.append(...inner);
    return made;
  }

  const button = (text, act) => {
    const made = element("button", { type: "button", textContent: text });
    made.addEventListener("click", act);
    return made;
  };

  // What was written of other words than stand there now is marked until somebody looks again.
  function staleMark(entry, place) {
    const now = spots.get(place)?.content;
    if (!entry.content || !now || entry.content.split("+")[0] === now.split("+")[0]) return [];
    const mark = element("span", { className: "stale" }, "Its place has changed since. ");
    mark.append(
      button("It still says so", () => {
        entry.content = now;
        keep();
        mark.remove();
      }),
    );
    return [mark];
  }

  function remarkOn(spot, begun) {
    const { place, content, label } = spot.dataset;
    if (spot.querySelector("textarea")) return;
    const text = element("textarea", { rows: 2, value: state.remarks[place]?.text ?? "" });
    text.setAttribute("aria-label", `Remark on ${label}`);
    text.addEventListener("input", () => {
      if (text.value.trim()) state.remarks[place] = { content, ...state.remarks[place], location: label, text: text.value };
      else delete state.remarks[place];
      keep();
    });
    spot.append(text, ...(state.remarks[place] ? staleMark(state.remarks[place], place) : []));
    if (!begun) text.focus();
    else spot.closest("details").open = true;
  }

  for (const spot of round.querySelectorAll("[data-place]")) {
    const { place, label } = spot.dataset;
    const remark = button("Remark", () => remarkOn(spot));
    const finding = button("Finding", () => {
      fieldOf("place").value = place;
      fieldOf("location").value = label;
      fieldOf("title").focus();
    });
    remark.setAttribute("aria-label", `Remark on ${label}`);
    finding.setAttribute("aria-label", `Write a finding of ${label}`);
    spot.append(" ", remark, " ", finding);
    if (state.remarks[place]) remarkOn(spot, true);
  }

  // --- earlier findings, looked at again ---

  for (const select of document.querySelectorAll("[data-check]")) {
    const { check, severity, title, content } = select.dataset;
    const note = select.parentElement.querySelector("input");
    select.value = state.checks[check]?.status ?? "";
    note.value = state.checks[check]?.note ?? "";
    const change = () => {
      if (select.value) state.checks[check] = { severity, title, status: select.value, content, note: note.value };
      else delete state.checks[check];
      keep();
    };
    select.addEventListener("change", change);
    note.addEventListener("input", change);
  }

  // --- findings ---

  const FIELDS = ["title", "place", "location", "issue", "impact", "fix"];

  function written() {
    const items = state.findings.map((one, at) => {
      const change = button("Change", () => {
        for (const name of FIELDS) fieldOf(name).value = one[name];
        fieldOf("severity").value = one.severity;
        remove();
        fieldOf("title").focus();
      });
      const remove = () => {
        state.findings.splice(at, 1);
        keep();
        written();
      };
      const head = element("strong", {}, `${one.severity.toLowerCase()}: ${one.title}`);
      return element("li", {}, head, ` ${one.location} `, change, " ", button("Remove", remove), ...staleMark(one, one.place));
    });
    part("written").replaceChildren(...items);
  }

  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const finding = { severity: fieldOf("severity").value };
    for (const name of FIELDS) finding[name] = fieldOf(name).value.trim();
    const spot = spots.get(finding.place);
    fieldOf("place").setCustomValidity(finding.place && !spot ? "The page has no such place" : "");
    if (!form.reportValidity()) return;
    finding.content = spot?.content ?? "";
    finding.location ||= spot?.label ?? "the lesson";
    state.findings.push(finding);
    form.reset();
    keep();
    written();
  });
  fieldOf("place").addEventListener("input", () => fieldOf("place").setCustomValidity(""));

  // --- the exported round ---

  function exported() {
    const digests = [...spots].map(([name, { content }]) => [name, content.split("+")[0]]);
    return {
      form: "measured-lessons/round@1",
      lesson: round.dataset.lesson,
      version: round.dataset.version,
      date: state.date || today(),
      reviewer: state.reviewer,
      summary: state.summary,
      ticked: [...boxes.keys()].filter((key) => key in state.ticks),
      boxes: boxes.size,
      remarks: Object.entries(state.remarks).map(([place, one]) => ({ place, ...one })),
      checks: Object.entries(state.checks).map(([id, one]) => ({ id, ...one })),
      findings: state.findings,
      places: Object.fromEntries(digests),
      parts: JSON.parse(round.dataset.parts),
    };
  }

  function today() {
    const now = new Date();
    const two = (number) => String(number).padStart(2, "0");
    return `${now.getFullYear()}-${two(now.getMonth() + 1)}-${two(now.getDate())}`;
  }

  const CONTROL = /[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\ufeff]/g;
  const BEGINS = /^(?:[#>|=]|[-+*](?: |$)|[-_*]{3}|\*\*|__|_ _|:::|```|~~~)/;
  const joined = (text) => text.replace(CONTROL, " ").trim().replace(/\s+/g, " ");

  function escaped(line) {
    const plain = line.replace(/\{(?=[A-Za-z:_-]+\}`)/g, "\\{");
    if (/^[0-9]{1,9}[.)](?: |$)/.test(plain)) return plain.replace(/^[0-9]+/, "$&\\");
    return BEGINS.test(plain) ? `\\${plain}` : plain;
  }

  const lineOf = (text) => escaped(joined(text).replace(/(#+)$/, "\\$1"));
  const cell = (text) => lineOf(text).replace(/(?<!\\)\|/g, "\\|");
  const prose = (text) =>
    text.split("\n").map((line) => escaped(joined(line))).join("\n").replace(/\n{3,}/g, "\n\n").trim();
  const code = (text) => (text ? `\`${text}\`` : "");

  function markdown(one) {
    const count = (severity) => one.findings.filter((finding) => finding.severity === severity).length;
    const worst = SEVERITIES.find(count) ?? "POLISH";
    const name = (word) => word[0] + word.slice(1).toLowerCase();
    const parts = [
      `## Review — ${one.date} (Iteration 0/0)`,
      `**Made for:** \`${one.version}\``,
      ...(lineOf(one.reviewer) ? [`**Reviewer:** ${lineOf(one.reviewer)}`] : []),
      "### Summary",
      SEVERITIES.map((each) => `- ${name(each)}: ${count(each)}`).join("\n"),
      `### Verdict: ${VERDICTS[worst]}`,
    ];
    if (prose(one.summary)) parts.push(prose(one.summary));
    if (one.ticked.length) {
      parts.push("### Checked", `${one.ticked.length} of ${one.boxes} boxes.`);
      parts.push(one.ticked.map((text) => `- [x] ${lineOf(text)}`).join("\n"));
    }
    if (one.remarks.length) parts.push("### Remarks", one.remarks.map(remarkLine).join("\n"));
    if (one.checks.length) parts.push("### Fix Verification", checkTable(one.checks));
    if (one.findings.length) parts.push("### Findings", ...one.findings.map(findingText));
    return `${parts.join("\n\n")}\n`;
  }

  function remarkLine({ location, place, content, text }) {
    const names = [place, content].filter(Boolean).map(code).join(", ");
    return `- ${lineOf(location)}${names && ` (${names})`}: ${lineOf(text)}`;
  }

  function checkTable(checks) {
    const rows = checks.map((one) => [one.id, cell(one.title), one.severity, one.status, code(one.content), cell(one.note)]);
    const head = ["| Id | Finding | Severity | Status | Content | Notes |", "|---|---|---|---|---|---|"];
    return [...head, ...rows.map((row) => `| ${row.join(" | ")} |`)].join("\n");
  }

  function findingText(one) {
    const fields = [
      ["Place", code(one.place)],
      ["Content", code(one.content)],
      ["Location", lineOf(one.location)],
      ["Issue", prose(one.issue)],
      ["Student impact", prose(one.impact)],
      ["Suggested fix", prose(one.fix)],
    ];
    const lines = fields.filter(([, text]) => text).map(([label, text]) => `**${label}:** ${text}`);
    return `#### [${one.severity}] — ${lineOf(one.title)}\n\n${lines.join("\n")}`;
  }

  // --- controls ---

  function download(text, ending, type) {
    const href = URL.createObjectURL(new Blob([text], { type }));
    element("a", { href, download: `${round.dataset.lesson}-round-${exported().date}.${ending}` }).click();
    setTimeout(() => URL.revokeObjectURL(href), 60_000);
  }

  const ACTS = {
    markdown: () => download(markdown(exported()), "md", "text/markdown"),
    json: () => download(`${JSON.stringify(exported(), null, 1)}\n`, "json", "application/json"),
    clear: () => {
      if (!confirm("Remove the ticks, remarks and findings that this browser keeps of this lesson?")) return;
      if (keeping) localStorage.removeItem(KEY);
      location.reload();
    },
  };
  for (const one of round.querySelectorAll("[data-do]")) one.addEventListener("click", ACTS[one.dataset.do]);
  for (const input of round.querySelectorAll("[data-field]")) {
    input.value = state[input.dataset.field];
    input.addEventListener("input", () => {
      state[input.dataset.field] = input.value;
      keep();
    });
  }
  for (const hidden of round.querySelectorAll("[hidden]")) hidden.hidden = false;
  written();
  say();
}
