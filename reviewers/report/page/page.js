"use strict";
(() => {
  const root = document.documentElement;
  const theme = document.getElementById("theme");
  theme.hidden = false;
  theme.addEventListener("click", () => {
    const dark = root.dataset.theme ? root.dataset.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
    root.dataset.theme = dark ? "light" : "dark";
  });
  addEventListener("beforeprint", () => document.querySelectorAll("details").forEach((box) => { box.open = true; }));

  const contents = document.getElementById("contents");
  if (contents && matchMedia("(max-width: 60rem)").matches) contents.open = false;

  const form = document.getElementById("filter");
  if (!form) return;
  form.hidden = false;
  const buttons = [...form.querySelectorAll("button[data-group]")];
  const cards = [...document.querySelectorAll("article.finding")].map((element) => ({
    element,
    entry: document.querySelector(`[data-of="${element.id}"]`),
    severity: [element.dataset.severity],
    reviewer: element.dataset.reviewers.split(" "),
  }));

  const pressed = (group) =>
    buttons.filter((button) => button.dataset.group === group && button.ariaPressed === "true").map((button) => button.dataset.value);
  const fits = (card, group, values) => !values.length || card[group].some((value) => values.includes(value));

  function show() {
    const severity = pressed("severity");
    const reviewer = pressed("reviewer");
    let shown = 0;
    for (const card of cards) {
      const visible = fits(card, "severity", severity) && fits(card, "reviewer", reviewer);
      card.element.hidden = !visible;
      if (card.entry) card.entry.hidden = !visible;
      shown += visible;
    }
    for (const button of buttons) {
      const { group, value } = button.dataset;
      const [other, chosen] = group === "severity" ? ["reviewer", reviewer] : ["severity", severity];
      button.querySelector(".count").textContent = cards.filter((card) => card[group].includes(value) && fits(card, other, chosen)).length;
    }
    document.getElementById("shown").textContent = `${shown} of ${cards.length}`;
    document.getElementById("none").hidden = shown > 0;
    document.getElementById("reset").disabled = !severity.length && !reviewer.length;
  }

  function preset() {
    const asked = new URLSearchParams(location.hash.slice(1));
    const target = document.getElementById(location.hash.slice(1));
    if (asked.has("severity") || asked.has("reviewer") || (target && target.hidden)) {
      for (const button of buttons) {
        const values = (asked.get(button.dataset.group) || "").split(",");
        button.ariaPressed = String(values.includes(button.dataset.value));
      }
      show();
      if (target) target.scrollIntoView();
    }
  }

  function remember() {
    const asked = ["severity", "reviewer"].map((group) => [group, pressed(group).join(",")]).filter(([, values]) => values);
    const hash = asked.map(([group, values]) => `${group}=${values}`).join("&");
    try { history.replaceState(null, "", hash ? `#${hash}` : location.pathname + location.search); } catch { /* a sandboxed frame has no address */ }
  }

  for (const button of buttons) {
    button.addEventListener("click", () => {
      button.ariaPressed = String(button.ariaPressed !== "true");
      show();
      remember();
    });
  }
  document.getElementById("reset").addEventListener("click", () => {
    for (const button of buttons) button.ariaPressed = "false";
    show();
    remember();
  });
  addEventListener("hashchange", preset);
  preset();
})();
