
(() => {
  // search in the table of every result: words in any order, in the title or the id
  const field = document.querySelector("#seek");
  if (!field) return;
  const groups = [...document.querySelectorAll(".everygroup")];
  const rows = groups.flatMap((group) => [...group.querySelectorAll("tbody tr")].map((row) => [group, row, row.cells[0].textContent.toLowerCase()]));
  const told = document.querySelector("#found");
  let waiting = null;
  const seek = () => {
    const words = field.value.toLowerCase().split(/\s+/).filter(Boolean);
    const hits = new Map(groups.map((group) => [group, 0]));
    let all = 0;
    for (const [group, row, text] of rows) {
      const hit = words.every((word) => text.includes(word));
      row.hidden = !hit;
      if (hit) { hits.set(group, hits.get(group) + 1); all += 1; }
    }
    for (const [group, number] of hits) { group.hidden = number === 0; group.open = words.length > 0 && number > 0 && number <= 200; }
    told.textContent = words.length ? `${all} of ${rows.length}` : "";
  };
  field.addEventListener("input", () => { clearTimeout(waiting); waiting = setTimeout(seek, 120); });
})();
