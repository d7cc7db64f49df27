"use strict";
(() => {
  const root = document.documentElement;
  const theme = document.getElementById("theme");
  theme.hidden = false;
  theme.addEventListener("click", () => {
    const dark = root.dataset.theme ? root.dataset.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
    root.dataset.theme = dark ? "light" : "dark";
  });

  const words = new Intl.Collator(undefined, { numeric: true, sensitivity: "base" });
  for (const table of document.querySelectorAll("table.sortable")) {
    const body = table.tBodies[0];
    const heads = [...table.tHead.rows[0].cells];
    if (body.rows.length < 2) continue;
    heads.forEach((head, at) => {
      const button = document.createElement("button");
      button.type = "button";
      button.append(...head.childNodes);
      head.append(button);
      button.addEventListener("click", () => sort(body, heads, at));
    });
  }

  // Numbers begin with the largest, words with A; what is not known comes last either way.
  function sort(body, heads, at) {
    const head = heads[at];
    const before = head.ariaSort;
    const rows = [...body.rows].map((row) => {
      const cell = row.cells[at];
      const vague = cell.classList.contains("vague");
      return { row, vague, number: "v" in cell.dataset ? Number(cell.dataset.v) : NaN, text: cell.textContent };
    });
    const numbers = rows.some((each) => !Number.isNaN(each.number));
    const way = before ? (before === "descending" ? 1 : -1) : numbers ? -1 : 1;
    const compare = (a, b) => (numbers ? a.number - b.number : words.compare(a.text, b.text));
    rows.sort((a, b) => a.vague - b.vague || (a.vague ? 0 : way * compare(a, b)));
    heads.forEach((each) => each.removeAttribute("aria-sort"));
    head.ariaSort = way > 0 ? "ascending" : "descending";
    body.append(...rows.map((each) => each.row));
  }
})();
