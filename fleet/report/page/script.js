"use strict";
// Filter the rows of all tables by the words that are typed and the risks that are ticked. "/" goes to the search, Escape empties it.
const search = document.querySelector("input[type=search]");
const risks = [...document.querySelectorAll("input[name=risk]")];
const found = document.querySelector("output");
const rows = [...document.querySelectorAll("tbody tr")].map((row) => ({ row, text: row.textContent.toLowerCase(), risk: row.dataset.risk }));
let searched = false;

function filter() {
  const words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
  const ticked = new Set(risks.filter((box) => box.checked).map((box) => box.value));
  let shown = 0;
  for (const { row, text, risk } of rows) {
    const stays = words.every((word) => text.includes(word)) && (!risk || ticked.has(risk));
    row.hidden = !stays;
    shown += stays ? 1 : 0;
  }
  found.textContent = `${shown} of ${rows.length} rows`;
  if (words.length || searched) {
    for (const part of document.querySelectorAll("details")) part.open = !words.length || part.querySelector("tbody tr:not([hidden])") !== null;
  }
  searched = words.length > 0;
}

document.querySelector("form").addEventListener("submit", (event) => event.preventDefault());
search.addEventListener("input", filter);
for (const box of risks) box.addEventListener("change", filter);
document.addEventListener("keydown", (event) => {
  if (event.key === "/" && document.activeElement !== search) {
    event.preventDefault();
    search.focus();
  } else if (event.key === "Escape" && search.value) {
    search.value = "";
    filter();
  }
});
filter();
