"use strict";
for (const button of document.querySelectorAll("[data-copies]")) {
  const name = button.dataset.copies;
  const shown = document.getElementById(name);
  const says = document.querySelector(`[data-says="${name}"]`);
  button.hidden = false;
  button.addEventListener("click", async () => {
    const range = document.createRange();
    range.selectNodeContents(shown);
    getSelection().removeAllRanges();
    getSelection().addRange(range);
    try {
      await navigator.clipboard.writeText(shown.textContent);
      says.textContent = "Copied.";
    } catch {
      // Without https a page has no clipboard; what is selected can be copied by hand.
      says.textContent = "It is selected: press Ctrl+C or ⌘C.";
    }
  });
}
